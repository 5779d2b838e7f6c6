/**
 * Products that send a User-Agent, by their names in lower case, as they write themselves. Anyone can send any text there, so
 * only these are published; `privacy.allow_agents` adds others.
 */
export const knownAgents: ReadonlyMap<string, string> = new Map((
  // Browsers and what embeds them.
  'Mozilla Opera Dalvik CFNetwork Lynx w3m Links ELinks NetSurf Konqueror Electron HeadlessChrome ' +
  // HTTP clients of languages and frameworks.
  'curl Wget Wget2 HTTPie xh aria2 axel lwp-request lwp-trivial libwww-perl libwww libcurl libsoup libfetch neon serf ' +
  'Go-http-client fasthttp resty go-resty python-requests python-urllib Python-urllib python-urllib3 urllib3 python-httpx aiohttp Python httplib2 Python-httplib2 pycurl PycURL ' +
  'tornado Twisted Scrapy Boto3 Botocore node-fetch undici node axios got superagent needle request node-superagent unirest-node ky ' +
  'Bun Deno Java Java-http-client Apache-HttpClient Apache-HttpAsyncClient okhttp Jersey RestTemplate ReactorNetty Netty AHC async-http-client Jetty ' +
  'Apache-CXF CXF Axis Axis2 Feign Retrofit unirest-java Vert.x-WebClient akka-http pekko-http http-kit clj-http sttp Dispatch play-ws ' +
  'Ruby rest-client Faraday HTTParty http.rb Typhoeus Excon Mechanize PHP GuzzleHttp Guzzle PHP-SOAP Symfony Zend_Http_Client HTTP_Request2 ' +
  'RestSharp Refit Flurl .NET dotnet-httpclient Microsoft-CryptoAPI PowerShell WindowsPowerShell Microsoft-WNS MSFrontPage WinHTTP WinHttp ' +
  'Alamofire URLSession Dart Flutter Dio reqwest hyper ureq actix-web awc isahc surf cpprestsdk Boost.Beast POCO cpp-httplib QtWebEngine ' +
  'hackney HTTPoison Tesla Mint finch req lua-resty-http LuaSocket R httr httr2 libcurl-agent Swift Perl HTTP-Tiny Mojolicious ' +
  // Protocol stacks and SDKs.
  'grpc grpc-go grpc-java grpc-java-netty grpc-java-okhttp grpc-node grpc-node-js grpc-python grpc-python-asyncio grpc-c++ grpc-dotnet grpc-web-javascript tonic connect-go connect-es ' +
  'aws-cli aws-sdk-java aws-sdk-go aws-sdk-go-v2 aws-sdk-js aws-sdk-nodejs aws-sdk-dotnet aws-sdk-php aws-sdk-ruby aws-sdk-ruby2 aws-sdk-ruby3 aws-sdk-rust aws-sdk-cpp aws-sdk-swift aws-sdk-kotlin ' +
  'azsdk-java azsdk-js azsdk-net azsdk-python azsdk-go AzureCLI AzurePowershell AZURECLI azurerm google-api-nodejs-client google-api-go-client google-api-python-client Google-API-Java-Client ' +
  'google-cloud-sdk gcloud gsutil gax gapic googleapis google-http-java-client Google-HTTP-Java-Client kubectl kubelet kube-probe kube-apiserver kube-controller-manager kube-scheduler helm argocd argo flux ' +
  'Terraform terraform HashiCorp packer vault consul nomad pulumi Ansible ansible-httpget Chef Puppet SaltStack docker containerd buildkit podman skopeo cri-o git git-lfs JGit libgit2 go-git ' +
  'npm yarn pnpm pip poetry uv twine conda Maven Gradle Apache-Maven sbt Bazel Composer Bundler RubyGems cargo nuget NuGet apt Debian yum dnf libdnf Homebrew ' +
  'Stripe octokit octokit.js PyGithub github-actions GitLab-Runner gitlab-runner Jenkins CircleCI TeamCity Atlassian ' +
  // Tools for people, tests and load.
  'PostmanRuntime Postman insomnia Insomnia Paw RapidAPI Bruno Hoppscotch SoapUI Apache-JMeter JMeter k6 Gatling locust wrk wrk2 ApacheBench hey vegeta autocannon siege oha Artillery bombardier ' +
  'newman Cypress Playwright Puppeteer Selenium swagger-ui Swagger-Codegen OpenAPI-Generator openapi-generator Kiota ' +
  'Excel LibreOffice Thunderbird Outlook Evolution PowerBI Tableau Grafana Metabase Looker Superset Zapier n8n ' +
  // Gateways, monitors and agents.
  'kong Envoy envoy nginx NGINX HAProxy haproxy Traefik traefik APISIX Tyk KrakenD Varnish Squid Caddy Istio linkerd istio-proxy ' +
  'Prometheus Alertmanager Blackbox Blackbox-Exporter VictoriaMetrics vmagent Thanos Loki Promtail Telegraf collectd Fluent-Bit Fluentd fluent-bit Vector Logstash Filebeat Metricbeat Heartbeat Elastic-Heartbeat elasticsearch ' +
  'opentelemetry-collector OTel-OTLP-Exporter-Go OTel-OTLP-Exporter-Python OTel-OTLP-Exporter-JavaScript OTel-OTLP-Exporter-Java OpenTelemetry Datadog DatadogSynthetics Datadog-Agent datadog-agent NewRelicSynthetics NewRelic New-Relic ' +
  'UptimeRobot Pingdom.com_bot_version_1 Pingdom StatusCake Site24x7 Better Uptime-Kuma Zabbix check_http nagios-plugins Icinga Sensu Nagios Catchpoint GTmetrix ELB-HealthChecker ELB-HealthCheck GoogleHC ' +
  'Amazon CloudFront Amazon-Route53-Health-Check-Service AmazonAPIGateway_ AlwaysOn AppInsights Cloudflare-Healthchecks Cloudflare-Workers Fastly Consul-Health-Check SentryUptimeBot Sentry ' +
  // Robots.
  'Googlebot Googlebot-Image Google-Read-Aloud Google-InspectionTool APIs-Google AdsBot-Google Mediapartners-Google FeedFetcher-Google bingbot Slurp DuckDuckBot Baiduspider YandexBot facebookexternalhit ' +
  'Twitterbot LinkedInBot Slackbot Slackbot-LinkExpanding Slack-ImgProxy Discordbot TelegramBot WhatsApp Applebot Amazonbot GPTBot ChatGPT-User ClaudeBot anthropic-ai CCBot PerplexityBot Bytespider ' +
  'AhrefsBot SemrushBot MJ12bot DotBot PetalBot archive.org_bot ia_archiver Screaming zgrab masscan Nmap Nikto sqlmap nuclei Nuclei gobuster dirbuster feroxbuster ffuf WPScan Acunetix Qualys Nessus Censys censysinspect Expanse internet-measurement ' +
  // Senders of events.
  'GitHub-Hookshot GitLab Bitbucket-Webhooks Shopify-Captain-Hook TwilioProxy SendGrid Mailgun PayPal Slack Hookdeck Svix Svix-Webhooks Google-Cloud-Tasks Google-Cloud-Scheduler CloudPubSub-Google EventGrid Amazon-SNS'
).split(' ').map((name) => [name.toLowerCase(), name]))
