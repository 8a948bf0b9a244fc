import { describe, expect, it } from 'vitest';
import { toSpoken } from './to-spoken.ts';

/** The words with the pauses behind them, as a voice gets them. */
function said(text: string, language: string): string {
  return toSpoken(text, { language })
    .filter(({ spoken }) => spoken !== '')
    .map(({ spoken, pause }) => spoken + pause)
    .join(' ');
}

type Row = readonly [written: string, spoken: string];

function table(group: string, language: string, rows: readonly Row[]): void {
  describe(`${group} (${language})`, () => {
    it.each(rows)('%j is said %j', (written, spoken) => {
      expect(said(written, language)).toBe(spoken);
    });
  });
}

table('numbers', 'en', [
  ['I have 5 apples.', 'I have five apples.'],
  ['42', 'forty two'],
  ['101 rooms', 'one hundred one rooms'],
  ['1,000,000 stars', 'one million stars'],
  ['1,234', 'one thousand two hundred thirty four'],
  ['3.14', 'three point one four'],
  ['0.05', 'zero point zero five'],
  ['.5 of it', 'zero point five of it'],
  ['It was -3.5 outside', 'It was minus three point five outside'],
  ['agent 007', 'agent zero zero seven'],
  ['1st, 2nd, 3rd', 'first, second, third'],
  ['the 21st floor', 'the twenty first floor'],
  ['her 103rd try', 'her one hundred third try'],
  ['5-10 people', 'five to ten people'],
  ['open 9–5', 'open nine to five'],
  ['1/2 cup', 'one half cup'],
  ['3/4 done', 'three quarters done'],
  ['2/3', 'two thirds'],
  ['7/16', 'seven sixteenths'],
  ['13/27', 'thirteen over twenty seven'],
  ['3 1/2 cups', 'three and a half cups'],
  ['1¾ inches', 'one and three quarters inches'],
  ['½ price', 'one half price'],
  ['20% off', 'twenty percent off'],
  ['10-20%', 'ten to twenty percent'],
  ['3.5% growth', 'three point five percent growth'],
  ['3 million people', 'three million people'],
  ['1.2M users', 'one point two million users'],
  ['10k steps', 'ten thousand steps'],
  ['3x faster', 'three times faster'],
  ['a 4x4 grid', 'a four by four grid'],
  ['a 10-year-old', 'a ten year old'],
  ['they won 3-2', 'they won three to two'],
  ['a ratio of 16:9', 'a ratio of sixteen to nine'],
  ['1.5e-3', 'one point five times ten to the power of minus three'],
  ['10 - 4 = 6', 'ten minus four equals six'],
  ['pages 10 - 12', 'pages ten to twelve'],
  ['6 / 2 = 3', 'six divided by two equals three'],
  ['½ tsp of salt', 'one half teaspoon of salt'],
  ['a Boeing 747-400', 'a Boeing seven hundred forty seven four hundred'],
  ['10^6', 'ten to the power of six'],
  ['123456789012345678', 'one two three, four five six, seven eight nine, zero one two, three four five, six seven eight'],
]);

table('years', 'en', [
  ['in 1999', 'in nineteen ninety nine'],
  ['the 1990s', 'the nineteen nineties'],
  ["the '90s", 'the nineties'],
  ['2024 was good', 'twenty twenty four was good'],
  ['in 2005', 'in two thousand five'],
  ['in 1905', 'in nineteen oh five'],
  ['in 1800', 'in eighteen hundred'],
  ['the mid-1980s', 'the mid nineteen eighties'],
  ['the 60s', 'the sixties'],
  ['wait 30s', 'wait thirty seconds'],
  ['in 2000', 'in two thousand'],
  ['1939-1945', 'nineteen thirty nine to nineteen forty five'],
  ['1939–45', 'nineteen thirty nine to forty five'],
  ['2024 people', 'two thousand twenty four people'],
  ['1500 meters', 'one thousand five hundred meters'],
]);

table('Roman numerals', 'en', [
  ['Henry VIII', 'Henry the eighth'],
  ['Chapter IV', 'Chapter four'],
  ['World War II ended', 'World War two ended'],
  ['Louis XIV was king', 'Louis the fourteenth was king'],
  ["Louis XVI's head", "Louis the sixteenth's head"],
  ['Queen Elizabeth II', 'Queen Elizabeth the second'],
  ['Rocky II', 'Rocky two'],
  ['Henry, I am here', 'Henry, I am here'],
]);

table('dates', 'en', [
  ['2024-03-15', 'March fifteenth twenty twenty four'],
  ['March 15, 2024', 'March fifteenth twenty twenty four'],
  ['15 March', 'March fifteenth'],
  ['3/15/2024', 'March fifteenth twenty twenty four'],
  ['on 3/4/2024', 'on March fourth twenty twenty four'],
  ['15/03/2024', 'March fifteenth twenty twenty four'],
  ['Mon, Jan 5', 'Monday, January fifth'],
  ['June 5, 2024, at noon', 'June fifth twenty twenty four, at noon'],
  ['the 4th of July', 'the fourth of July'],
  ['Jan 2024', 'January twenty twenty four'],
  ['Dec. 25', 'December twenty fifth'],
  ['on 12 December. Then', 'on December twelfth. Then'],
  ['Mon-Fri', 'Monday to Friday'],
  ['Jan said so', 'Jan said so'],
  ['I may march 5 times', 'I may march five times'],
]);

table('dates', 'en-GB', [
  ['on 3/4/2024', 'on the third of April twenty twenty four'],
  ['15 March', 'the fifteenth of March'],
  ['March 15, 2005', 'the fifteenth of March two thousand and five'],
  ['the 4th of July', 'the fourth of July'],
  ['1,234', 'one thousand two hundred and thirty four'],
  ['5 km', 'five kilometres'],
  ['101.5', 'one hundred and one point five'],
]);

table('times', 'en', [
  ['10:30', 'ten thirty'],
  ['10:30 am', 'ten thirty A M'],
  ['14:00', 'fourteen hundred'],
  ['17:45', 'seventeen forty five'],
  ['5pm', 'five P M'],
  ['at 5 p.m. tomorrow', 'at five P M tomorrow'],
  ['At 5 p.m. He left', 'At five P M. He left'],
  ["7 o'clock", "seven o'clock"],
  ['10:05', 'ten oh five'],
  ['10:00', "ten o'clock"],
  ['1:23:45', 'one hour twenty three minutes and forty five seconds'],
  ['1h 30m', 'one hour and thirty minutes'],
  ['9am-5pm', 'nine A M to five P M'],
  ['5-7pm', 'five to seven P M'],
  ['9:30-10:45', 'nine thirty to ten forty five'],
  ['I wake at 7. You too?', 'I wake at seven. You too?'],
]);

table('money', 'en', [
  ['$5', 'five dollars'],
  ['$1', 'one dollar'],
  ['$5.20', 'five dollars and twenty cents'],
  ['$0.99', 'ninety nine cents'],
  ['$1.01', 'one dollar and one cent'],
  ['€3.50', 'three euros and fifty cents'],
  ['£1.2m', 'one point two million pounds'],
  ['£2.05', 'two pounds and five pence'],
  ['$3 million', 'three million dollars'],
  ['50¢', 'fifty cents'],
  ['USD 20', 'twenty U S dollars'],
  ['20 EUR', 'twenty euros'],
  ['¥500', 'five hundred yen'],
  ['-$5', 'minus five dollars'],
  ['$5-10', 'five to ten dollars'],
  ['£20-£30', 'twenty to thirty pounds'],
  ['$1,234.56', 'one thousand two hundred thirty four dollars and fifty six cents'],
  ['$5/month', 'five dollars per month'],
  ['$3.50/lb', 'three dollars and fifty cents per pound'],
]);

table('units', 'en', [
  ['5 km', 'five kilometers'],
  ['1 km', 'one kilometer'],
  ['a 5-km run', 'a five kilometer run'],
  ['5-10 km', 'five to ten kilometers'],
  ['20°C', 'twenty degrees Celsius'],
  ['72°F', 'seventy two degrees Fahrenheit'],
  ['-5 °C', 'minus five degrees Celsius'],
  ['turn 90°', 'turn ninety degrees'],
  ['60 mph', 'sixty miles per hour'],
  ['3 GB', 'three gigabytes'],
  ['10 kg', 'ten kilograms'],
  ['2.4GHz', 'two point four gigahertz'],
  ['5\'11"', 'five foot eleven'],
  ['100 kWh', 'one hundred kilowatt hours'],
  ['20 m²', 'twenty square meters'],
  ['60 km/h', 'sixty kilometers per hour'],
  ['6ft 2in', 'six feet two inches'],
  ['5 ft. tall', 'five feet tall'],
  ['2 in one', 'two in one'],
  ['16GB RAM', 'sixteen gigabytes RAM'],
]);

table('digits', 'en', [
  ['+1 (555) 123-4567', 'plus one, five five five, one two three, four five six seven'],
  ['+15551234567', 'plus one, five five five, one two three, four five six seven'],
  ['555-0123', 'five five five, zero one two three'],
  ['0800 123 456', 'zero eight zero zero, one two three, four five six'],
  ['555-123-4567', 'five five five, one two three, four five six seven'],
  ['4111 1111 1111 1111', 'four one one one, one one one one, one one one one, one one one one'],
  ['order 4839201', 'order four eight three nine, two zero one'],
  ['order #12345', 'order number one two three four five'],
  ['Call 911.', 'Call nine one one.'],
  ['flight BA2490', 'flight B A two four nine zero'],
  ['PIN 0420', 'PIN zero four two zero'],
  ['v1.2.3', 'version one point two point three'],
  ['Python 3.12', 'Python three point one two'],
  ['version 3.11', 'version three point eleven'],
  ['192.168.0.1', 'one nine two dot one six eight dot zero dot one'],
]);

table('addresses', 'en', [
  ['jane.doe@example.com', 'jane dot doe at example dot com'],
  ['Mail first_last@my-company.co.uk.', 'Mail first underscore last at my dash company dot co dot uk.'],
  ['https://example.com/docs?x=1', 'example dot com slash docs'],
  ['www.example.com.', 'example dot com.'],
  ['https://github.com/a/b/c/d/e/f/g', 'github dot com link'],
  ['docs.python.org/3', 'docs dot python dot org slash three'],
  ['(see https://example.com)', 'see example dot com'],
  ['report.pdf', 'report dot P D F'],
  ['src/index.ts', 'src slash index dot T S'],
  ['package.json', 'package dot json'],
  ['#OpenSource', 'hashtag Open Source'],
  ['@jane_doe', 'at jane doe'],
  ['It ended.It began', 'It ended. It began'],
]);

table('abbreviations', 'en', [
  ['Dr. Smith', 'Doctor Smith'],
  ['Mr. and Mrs. Jones', 'Mister and Missus Jones'],
  ['St. John', 'Saint John'],
  ['on Main St. today', 'on Main Street today'],
  ['on Oak Dr. near', 'on Oak Drive near'],
  ['fruit, e.g. apples', 'fruit, for example apples'],
  ['i.e. that', 'that is that'],
  ['apples, etc. and more', 'apples, et cetera and more'],
  ['apples, etc. We ate', 'apples, et cetera. We ate'],
  ['cats vs. dogs', 'cats versus dogs'],
  ['approx. 10', 'approximately ten'],
  ['No. 5', 'number five'],
  ['yes or no. I think so', 'yes or no. I think so'],
  ["Is it no. It's not", "Is it no. It's not"],
  ['Vol. II', 'volume two'],
  ['Mr Smith vs Dr Jones', 'Mister Smith versus Doctor Jones'],
  ['No. Never.', 'No. Never.'],
  ['Fig. 2', 'figure two'],
  ['the U.S. army', 'the U S army'],
  ['in the U.S.', 'in the U S.'],
  ['a Ph.D. thesis', 'a P H D thesis'],
  ['Acme Inc. in town', 'Acme Incorporated in town'],
  ['in Jan. and Feb. too', 'in January and February too'],
  ['J.R.R. Tolkien', 'J R R Tolkien'],
]);

table('acronyms and words', 'en', [
  ['the API', 'the A P I'],
  ['APIs', "A P I's"],
  ['USB and SQL', 'U S B and S Q L'],
  ['NASA', 'NASA'],
  ['GPU, PDF', 'G P U, P D F'],
  ['iOS 17', 'I O S seventeen'],
  ['Wi-Fi', 'wifi'],
  ['HTML', 'H T M L'],
  ['AT&T', 'A T and T'],
  ['HELLO WORLD', 'hello world'],
  ['I AM NOT GOING', 'I am not going'],
  ['THE USA IS', 'the U S A is'],
  ['a VERY big one', 'a very big one'],
  ['camelCase', 'camel Case'],
  ['snake_case', 'snake case'],
  ['well-known', 'well known'],
  ['MP3', 'M P three'],
  ['H2O', 'H two O'],
  ['GPT-3.5', 'G P T three point five'],
  ['Room 4B', 'Room four B'],
  ['GPT-4', 'G P T four'],
  ['COVID-19', 'COVID nineteen'],
  ['a 4K TV', 'a four K T V'],
  ['A1B2C3D4', 'A one B two C three D four'],
  ['don’t', "don't"],
  ['café naïve Zürich', 'café naïve Zürich'],
  ["rock'n'roll", "rock'n'roll"],
  ['C++ and C#', 'C plus plus and C sharp'],
  ['McDonald', 'McDonald'],
  ['24/7', 'twenty four seven'],
]);

table('symbols', 'en', [
  ['a & b', 'a and b'],
  ['a @ b', 'a at b'],
  ['#1', 'number one'],
  ['2 + 2 = 4', 'two plus two equals four'],
  ['3 < 5', 'three less than five'],
  ['6 > 4', 'six greater than four'],
  ['and/or', 'and or'],
  ['he/she', 'he slash she'],
  ['3 × 4', 'three times four'],
  ['2*3*4', 'two times three times four'],
  ['A → B', 'A to B'],
  ['±5', 'plus or minus five'],
  ['§5', 'section five'],
  ['© 2024', 'copyright twenty twenty four'],
  ['~100 users', 'one hundred users'],
  ['E = mc²', 'E equals mc squared'],
  ['===== *** -----', ''],
]);

table('Markdown', 'en', [
  ['# Heading\n\nText', 'Heading. Text'],
  ['**bold** and *italic* and ~~struck~~', 'bold and italic and struck'],
  ['**bold', 'bold'],
  ['and more** text', 'and more text'],
  ['- one\n- two', 'one. two'],
  ['1. first\n2. second', 'one. first. two. second'],
  ['- [ ] todo\n- [x] done', 'todo. done'],
  ['[a link](http://x.com/y)', 'a link'],
  ['[https://x.com](https://x.com)', 'x dot com'],
  ['<https://auto.link>', 'auto dot link'],
  ['![a cat](cat.png) here', 'a cat here'],
  ['run `npm install` now', 'run npm install now'],
  ['`foo.bar()`', 'foo dot bar'],
  ['`user_id`', 'user id'],
  ['`git commit --amend`', 'git commit dash dash amend'],
  ['`x = 5`', 'x equals five'],
  ['Like so:\n```js\nconst x = 1;\n```\nDone.', 'Like so: code example. Done.'],
  ['```js\nconst x = 1;', 'code example'],
  ['| a | b |\n|---|---|\n| 1 | 2 |', 'a, b. one, two'],
  ['| Bob | 42 |', 'Bob, forty two'],
  ['A note[^1].', 'A note.'],
  ['> quoted\n\nnot', 'quoted. not'],
  ['a\n\n---\n\nb', 'a. b'],
  ['<b>bold</b> text<br>more', 'bold text more'],
  ['salt &amp; pepper', 'salt and pepper'],
  ['\\*not bold\\*', 'not bold'],
  ['Roses are red\nViolets are blue', 'Roses are red, Violets are blue'],
]);

table('silence and punctuation', 'en', [
  ['Hello 👋🏽 world', 'Hello world'],
  ['👨‍👩‍👧‍👦 family 🇺🇸', 'family'],
  ['great👍thanks', 'great thanks'],
  ['❤️ 1️⃣ ☎️', ''],
  ['“Curly” ‘quotes’ «all»', 'Curly quotes all'],
  ['really (yes) good', 'really, yes, good'],
  ['the end (here).', 'the end, here.'],
  ['Wait!!! What?!', 'Wait! What?'],
  ['Well... yes…', 'Well… yes…'],
  ['this — that', 'this— that'],
  ['stop—and go', 'stop— and go'],
  ['a; b: c', 'a; b: c'],
  ['zero\u200Bwidth soft\u00ADhyphen', 'zerowidth softhyphen'],
  ['5\u00A0km away', 'five kilometers away'],
  ['你好。世界', '你好. 世界'],
  ['Привет мир', 'Привет мир'],
  ['', ''],
]);

table('German', 'de', [
  ['1.234 Leute', 'eintausendzweihundertvierunddreißig Leute'],
  ['3,5 km', 'drei Komma fünf Kilometer'],
  ['im Jahr 1999', 'im Jahr neunzehnhundertneunundneunzig'],
  ['um 14:30', 'um vierzehn Uhr dreißig'],
  ['3,50 €', 'drei Euro und fünfzig Cent'],
  ['max@beispiel.de', 'max at beispiel Punkt de'],
  ['https://beispiel.de/pfad', 'beispiel Punkt de Schrägstrich pfad'],
  ['**fett** 👍 20 %', 'fett zwanzig Prozent'],
  ['z. B. Dr. Müller', 'zum Beispiel Doktor Müller'],
]);

table('Spanish', 'es', [
  ['1.234 personas', 'mil doscientos treinta y cuatro personas'],
  ['3,5 km', 'tres coma cinco kilómetros'],
  ['15 de marzo de 2024', 'quince de marzo de dos mil veinticuatro'],
  ['max@ejemplo.es', 'max arroba ejemplo punto es'],
  ['20 %', 'veinte por ciento'],
]);

table('French', 'fr', [
  ['1 234 personnes', 'mille deux cent trente quatre personnes'],
  ['3,14', 'trois virgule quatorze'],
  ['le 1er janvier 2024', 'le premier janvier deux mille vingt quatre'],
  ['max@exemple.fr', 'max arobase exemple point fr'],
  ['à 14:30', 'à quatorze heures trente'],
]);

table('a language of which only the numbers are known', 'it', [
  ['Ho 25 mele e 3,5 pere.', 'Ho venticinque mele e tre virgola cinque pere.'],
  ['**molto** 👍 bene', 'molto bene'],
]);

table('an unknown language', 'tlh', [['nuqneH 25 **be**', 'nuqneH 25 be']]);
