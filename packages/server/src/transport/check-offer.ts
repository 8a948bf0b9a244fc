import { AppError } from '../core/errors.ts';

/** Longer ones are no offer of a browser; they would keep the native parser busy. */
const MOST_CHARACTERS = 64_000;
const MOST_SECTIONS = 8;
const MOST_LINES = 2_000;

/**
 * Looks at an offer before the native library does (SDP: RFC 8866, JSEP: RFC 8829).
 * @throws AppError `offer-invalid`, which says what is wrong with it
 */
export function checkOffer(sdp: string): void {
  const refuse = (problem: string): never => {
    throw new AppError('offer-invalid', `The offer cannot be answered: ${problem}`);
  };
  if (sdp.length > MOST_CHARACTERS) refuse(`it has more than ${MOST_CHARACTERS} characters`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: just those are looked for
  if (/[\0-\x08\x0b\x0c\x0e-\x1f]/.test(sdp)) refuse('it has control characters in it');
  const lines = sdp.split(/\r?\n/);
  if (lines.length > MOST_LINES) refuse('it has too many lines');
  if (lines[0] !== 'v=0') refuse('it does not begin with v=0');
  const sections = sdp.split(/^m=/m).slice(1);
  if (sections.length === 0) refuse('it has no media section');
  if (sections.length > MOST_SECTIONS) refuse(`it has more than ${MOST_SECTIONS} media sections`);
  const audio = sections.filter((section) => section.startsWith('audio '));
  if (audio.length !== 1) refuse(`it has ${audio.length} audio sections where one is needed`);
  if (!/^a=rtpmap:\d{1,3} opus\/48000\/2\s*$/im.test(audio[0] ?? '')) refuse('its audio section does not offer Opus');
  const channels = sections.filter((section) => section.startsWith('application '));
  if (channels.length !== 1) refuse('it has no data channel; create the channel "events" before the offer');
  if (!/^a=ice-ufrag:[\w+/-]{4,256}\s*$/m.test(sdp)) refuse('it has no ice-ufrag');
  if (!/^a=ice-pwd:[\w+/-]{22,256}\s*$/m.test(sdp)) refuse('it has no ice-pwd');
  if (!/^a=fingerprint:sha-\d+ [0-9A-F]{2}(:[0-9A-F]{2}){19,63}\s*$/im.test(sdp)) refuse('it has no DTLS fingerprint');
}
