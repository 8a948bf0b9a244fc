const set = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/));

/** Capitals that are said as a word. */
export const acronymWords =
  set(`NASA NATO UNESCO UNICEF OPEC LASER RADAR SONAR SCUBA AIDS NAFTA FIFA UEFA COVID SARS MERS PIN SIM RAM ROM
  LAN WAN GIF BIOS CAPTCHA JSON YAML TOML NASDAQ ASCII CRUD REST SOAP AJAX DRAM SWAT POTUS SCOTUS OSHA HIPAA FEMA MoMA NORAD
  GUI FAQ SPAM MAC WASM LAMP NIMBY FOMO YOLO GAAP DOS BASIC COBOL FORTRAN SAT ZIP BERT LIDAR`);

/** Capitals that are always spelled. */
export const spelledAcronyms =
  set(`API USB SQL GPU CPU PDF HTML CSS HTTP HTTPS URL URI XML CSV FTP SSH SSL TLS DNS IP TCP UDP VPN AI ML LLM NLP
  TTS STT UI UX OS PC TV CD DVD SSD HDD USA UK EU UN FBI CIA NSA BBC CNN CEO CTO CFO COO HR PR ID GPS DNA RNA MRI HIV ATM ETA FYI DIY
  ASAP RSVP ISBN HDMI IEEE OECD AWS GCP IBM SDK IDE CLI MIT UCLA NYC LA PHP AC DC BMW VW VIP MBA PHD BA NGO GDP VAT IPO ROI KPI CRM
  ERP SEO B2B LED LCD OLED NFC RFID SMS MMS IMAX ESPN NBA NFL MLB NHL AA AAA EV IOS IVF ICU ER GP TSA IRS SSN UTC GMT EST PST CET AD BC CE BCE`);

/** Words of two and three letters (and some that look unsayable): in capitals they are only loud. */
export const shortWords =
  set(`A I AM AN AS AT BE BY DO GO HE IF IN IS IT ME MY NO OF OH ON OR SO TO UP US WE ALL AND ANY ARE ASK BAD BIG BUT BUY
  CAN DAY DID END FAR FEW FOR FUN GET GOT GUY HAD HAS HER HEY HIM HIS HOT HOW ITS JOB KEY LET LOT LOW MAN MAY MEN NEW NOT NOW OFF OLD ONE
  OUR OUT OWN PAY PUT RED RUN SAW SAY SEE SHE SIX SET TEN THE TOO TOP TRY TWO USE WAS WAY WHO WHY WIN WON YES YET YOU ADD AGO BAR BED BOX
  BOY BUS CAR CAT CUT DOG EAR EAT EGG EYE FIX FLY HIT ICE LAW LEG LIE MOM DAD MIX MUD NET NOR NUT OIL PEN PET RAW SAD SEA SIT SKY SUN TAX
  TEA TIE TIP TOY WAR WET YEP WOW UGH HUH AHA THIS WITH MUST`);

/** After these, four digits are a year. */
export const yearWords = set(`in since from until till year circa during early late mid january february
  march april may june july august september october november december spring summer autumn fall winter © copyright`);

/** After these a short number of two digits and an s is a decade: "the 60s", but "30s" are seconds. */
export const decadeWords = set(`the his her their my your our early mid late`);

/** After these, digits are said one by one. */
export const identifierWords =
  set(`call dial order card account id pin code ticket tracking reference ref case serial confirmation invoice passport booking
  flight extension ext zip postcode password passcode otp isbn imei`);

/** After these names a Roman numeral is an ordinal. */
export const regnalNames =
  set(`henry louis charles elizabeth george edward james richard william john paul benedict pius leo gregory napoleon philip
  catherine peter nicholas alexander frederick mary francis ferdinand ivan otto ramesses ramses xerxes darius innocent clement
  urban gustav christian margaret carl robert david malcolm wilhelm franz joseph albert leopold`);

/** After these a Roman numeral is a number. */
export const romanWords =
  set(`war chapter part act volume section type phase level bowl title article appendix book episode season class stage
  fantasy scene unit grade tier step version mark mk factor generation gen round`);

/** A clause that grows too long is cut before these. */
export const conjunctions =
  set(`and but or because so which while although though when where who that if unless until since whereas before after
  then however therefore with without for`);
