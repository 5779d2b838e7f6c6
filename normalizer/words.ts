/** Words that hold digits, and endings of file names: what inference must not take for values. Lower case. */

/** Technical words, most with digits, that no general rule keeps. */
export const technicalWords: ReadonlySet<string> = new Set((
  '3gpp 401k 403b 5gc 7zip aes2048 argon2 ascii85 av1 base16 base85 blake2b c3p0 co2 covid19 ctap2 curve25519 en16931 f5 h2o hl7v2 hl7v3 i2c icd10 icd11 icd9 jpeg2000 junit5 k6 log4j2 mpeg2 mpeg4 ' +
  'oauth1a oauth2 pm10 pm25 r2 secp256k1 sha1 spring5 t4 usb2 usb3 w2 w8ben w9 word2vec x25519 x3d x448 ed448 p256 p384 p521 k256 s2 s4hana t2 ubl21 ubl2 tls1 ssl3 fb2k xades xhtml1 ' +
  '1password 1st 2checkout 2co 2d 2fa 3d 3ds 3g 403 404 4g 4k 500 5g 8bit 8k a11y ac3 aes128 aes192 aes256 amd64 arm64 auth0 b2b b2c ' +
  'b2g b2x base32 base58 base64 base64url bep20 bep721 c2b c2c cbor0 d2c d3 db1 db2 dstu2 e164 e2e ec2 ed25519 erc20 erc721 erc1155 ' +
  'es2015 es256 es384 es512 fido2 float32 float64 g2 g2b g2g ga4 gpt4 h2 h264 h265 h2c h323 hl7 hs256 hs384 hs512 http1 http2 http3 ' +
  'html4 html5 http404 i18n int16 int32 int64 ipv4 ipv6 iso20022 iso27001 iso3166 iso4217 iso8601 k3s k8s l10n l2 l2vpn l2vpns l3 l3vpn l4 l7 log4j m2m ' +
  'm365 m3u8 dbformysql mqtts md4 md5 mp2 mp3 mp4 mt103 neo4j o11y o365 oauth1 oauth2 office365 open511 p11 p12 p2p p2s pbkdf2 phpmyadmin pkcs1 pkcs11 pkcs12 pkcs7 ' +
  'pkcs8 ps256 r4 r4b r5 route53 rs256 rs384 rs512 s3 saml2 sha1 sha256 sha3 sha384 sha512 sslv3 stu3 t1 tls12 tls13 tlsv1 trc20 ' +
  'trc721 u2f uint16 uint32 uint64 uint8 utf16 utf8 utf8mb4 vp8 vp9 w3c snmpv3 web3 webhdfs wgs84 wkhtmltopdf win32 win64 x12 x509 x64 x86'
).split(' '))

/** Standards, formats and programs with their number: `mt940`, `camt053`, `python3`, `1080p`. In lower case, without separators. */
export const standards = new RegExp('^(?:' + [
  'm[tx]\\d{3}', '(?:camt|pain|pacs|acmt|admi|auth|sese|semt|colr|caaa|remt)\\d{3}', '(?:iso|iec|din|rfc|ieee|itu|ansi|nist)\\d{2,5}', '(?:hs|rs|es|ps)(?:256|384|512)', '(?:sha|aes|rsa|hmacsha)(?:\\d|\\d{3,4})',
  '(?:144|240|360|480|540|576|720|1080|1440|2160|4320)[pi]', '(?:utf|ucs|base|crc|md|int|uint|float|arm|amd|win|ipv)\\d{1,3}',
  '(?:python|php|perl|ruby|node|html|xhtml|css|java|es|ecma|http|oauth|saml|web|tls|ssl|ssh|imap|pop|smtp|ntlm|snmp|fhir|mqtt|amqp|ldap|mpeg|mp|log4j|junit|angular|vue|svelte|bootstrap|jquery|gpt|claude|gemini|llama|word|openapi|swagger|soap|xslt|wsdl|wsse|docker|vp|av|wifi|usb|pci|pcie|sata|ddr|lte|hdmi|bluetooth|windows|win|ios|android|debian|ubuntu|centos|rhel|office|exchange|dynamics|sap|magento|gtm|icd|cpt|hl7v|dstu|stu|covid|tier|utm|wgs|epsg|ean|upc|gtin|isbn|isrc|mp)\\d{1,2}',
].join('|') + ')$')

/** Words that count: a number behind them is part of the name (`step-2`, `us-east-1`), as behind no others (`order-75`). */
export const counting: ReadonlySet<string> = new Set((
  'level step tier stage phase part chapter section layer top version type mode area zone line address quarter week round act scene season grade class band option choice slot plan ' +
  'east west north south central northeast northwest southeast southwest centralus eastus westus region az covid catch windows python html web http oauth jquery bootstrap v'
).split(' '))

/** Short pieces of names in camel case that do not look like words. Lower case, without a plural's `s`. */
export const shortWords: ReadonlySet<string> = new Set((
  'ulid ksuid nanoid snowflake sha semver arn urn cuid objectid hex nav sns acr vpns sso gov undeclared declared jquery you here there never alpha beta gamma delta epsilon zeta theta kappa lambda omega sigma ' +
  'acl aml api asn aws bgp btn by cdn cfg cidr cms cpu crm crypto csr css csv ctx cve db dhcp dkim dlp dmarc dns dpi dst erp etf etl faq fcm ftp gcp gdpr ' +
  'gpg gpo gps gpu gql grpc hls hr hsm html http https iam id imap img ip ipsec iso jdbc jms jpg json jwk jwt kms kpi kyb kyc ldap ldif lfs llm lte mac mcp mdm ' +
  'mfa mgmt mms mpls mqtt msg mtls nat nfc nft nfs nlp ntlm ntp odbc of okr on opml ospf otp pci pdf pin pgp pkg png pnr pos ppt psd qna qr rbac rdp ' +
  'rfc rgb rpc rsa rss rtmp rtsp saml scim sdk seo sftp sip sku sla slo smb sms smtp snmp soap spf sql src ssd ssh ssl sso svc svg tag tcp tls to totp tpl ' +
  'tsv tts tx txn txt udp ui uri url utm utxo uuid vat vcpu vlan vm vmdk vnc vpc vpn waf wfs wms wsdl xls xlsx xml xmpp xsd xslt yml zip' +
  // Mobile networks (3GPP TS 21.905, TS 23.501).
  'amf ausf bdt cag cscf csrn dnai easdf gpsi imeisv imsi lcs lmf mbms mbs mfaf msisdn nef nidd nrf nssai nwdaf pcf pcscf pdtq pfd plmn scscf sepp slpos smf smsf snssai ' +
  'srvcc suci supi tads tmgi udm udr udsf upf upu ursp'
).split(' '))

/** What may stand before a version at the front of a path. */
export const leadingWords: ReadonlySet<string> = new Set('api apis rest public open service services gateway internal external'.split(' '))

/** Endings that stay behind a typed stem. */
export const extensions: ReadonlySet<string> = new Set((
  'json jsonl ndjson xml html htm xhtml txt csv tsv pdf png jpg jpeg gif svg webp avif ico bmp tiff js mjs cjs css map md yaml yml toml ini ' +
  'zip gz tgz tar bz2 xz 7z rar jar war apk ipa dmg exe msi deb rpm php php5 asp aspx ashx asmx jsp do action cgi pl py rb sh bat sql bak ' +
  'old env log conf cfg doc docx xls xlsx ppt pptx odt ods rtf ics vcf eml mp3 mp4 m4a m4v mov avi mkv webm wav ogg flac m3u8 ts mpd woff ' +
  'woff2 ttf otf eot wasm proto graphql wsdl xsd xsl rss atom geojson kml gpx parquet avro pem crt cer key p12 asc sig sha256 md5 lock tf vue tsx'
).split(' '))

/** Codes in the case that they are written in: currencies (ISO 4217), and some countries (ISO 3166) and languages (ISO 639-2). */
export const codes: ReadonlySet<string> = new Set([
  ...Intl.supportedValuesOf('currency'),
  ...'USA GBR CAN MEX BRA ARG AUT DEU FRA ESP ITA NLD CHE BEL LUX PRT IRL IND CHN JPN KOR AUS NZL ZAF POL SWE DNK NOR FIN'.split(' '),
  ...'deu ger eng fra fre spa ita por nld dut pol rus zho chi jpn kor ara tur swe dan nor fin ces cze hun rum ell gre heb hin'.split(' '),
])
