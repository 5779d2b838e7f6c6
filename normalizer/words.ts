/** Words that hold digits, and endings of file names: what inference must not take for values. Lower case. */

/** Technical words with digits that no general rule keeps. */
export const technicalWords: ReadonlySet<string> = new Set((
  '2fa 3ds 3d 4k 8k aes128 aes256 b2b b2c base32 base58 base64 c2c cbor0 d3 e164 e2e ec2 es256 h264 h265 hs256 http1 http2 http3 i18n ' +
  'ipv4 ipv6 iso3166 iso4217 iso8601 k8s l10n mp3 mp4 oauth1 oauth2 p2p pbkdf2 pkcs12 ps256 rs256 rs512 s3 saml2 sha1 sha256 sha384 ' +
  'sha512 utf8 utf16 x509 web3 md5 ed25519 a11y o11y g2 m2m m3u8 route53 http404 403 404 500 1password 2checkout ' +
  'log4j neo4j tlsv1 sslv3 h2c w3c 8bit 1st auth0 db1 db2'
).split(' '))

/** Endings that stay behind a typed stem. */
export const extensions: ReadonlySet<string> = new Set((
  'json jsonl ndjson xml html htm xhtml txt csv tsv pdf png jpg jpeg gif svg webp avif ico bmp tiff js mjs cjs css map md yaml yml toml ini ' +
  'zip gz tgz tar bz2 xz 7z rar jar war apk ipa dmg exe msi deb rpm php php5 asp aspx ashx asmx jsp do action cgi pl py rb sh bat sql bak ' +
  'old env log conf cfg doc docx xls xlsx ppt pptx odt ods rtf ics vcf eml mp3 mp4 m4a m4v mov avi mkv webm wav ogg flac m3u8 ts mpd woff ' +
  'woff2 ttf otf eot wasm proto graphql wsdl xsd xsl rss atom geojson kml gpx parquet avro pem crt cer key p12 asc sig sha256 md5 lock tf vue tsx'
).split(' '))
