import type { IceCandidate } from '../core/calls/transport.ts';
import { AppError } from '../core/errors.ts';

// What reaches the native library is what this file lets through: lines it knows, in counts that browsers send.

const LONGEST_OFFER_BYTES = 64 * 1024;
const LONGEST_LINE = 4_096;
const MOST_LINES = 1_500;
const MOST_SECTIONS = 8;
const MOST_CANDIDATES = 100;
const MOST_SOURCES = 200;

/** What the server's voice is encoded with, whatever is asked for: mono at the library's bit rate, repaired where packets are lost. */
const OPUS_PARAMETERS = 'minptime=10;useinbandfec=1';

/** Bytes of the hash functions of RFC 8122. */
const FINGERPRINT_BYTES: Record<string, number> = { 'sha-1': 20, 'sha-224': 28, 'sha-256': 32, 'sha-384': 48, 'sha-512': 64 };

/** One `m=` line and what follows it. */
interface Section {
  kind: string;
  port: number;
  protocol: string;
  formats: string[];
  lines: string[];
}

/** What is wanted of an offer that was found good. */
export interface OfferOptions {
  ipv6: boolean;
  /** What the library may send of video. It reads no other limit than this one in the offer. */
  videoKilobitsPerSecond?: number | undefined;
  /** Whether there may be no data channel; default false. */
  eventsOptional?: boolean | undefined;
}

/**
 * Checks a client's offer (RFC 8866, RFC 8829) and returns what the library is to see of it: of audio only Opus, of video only VP8 where
 * it is offered (every browser has it, and it takes the least of a core), and only candidates with addresses, so that no name is ever
 * looked up for a client.
 * @throws AppError `offer-invalid`, saying what is wrong
 */
export function checkOffer(offer: string, options: OfferOptions): string {
  if (typeof offer !== 'string' || offer.trim() === '') throw refused('it is empty');
  if (Buffer.byteLength(offer) > LONGEST_OFFER_BYTES) throw refused(`it is longer than ${LONGEST_OFFER_BYTES} bytes`);
  const lines = offer.split(/\r\n|\n/).filter((line) => line !== '');
  if (lines.length > MOST_LINES) throw refused(`it has more than ${MOST_LINES} lines`);
  for (const [n, line] of lines.entries()) checkLine(line, n + 1);
  const begin = lines.findIndex((line) => line.startsWith('m='));
  const session = begin < 0 ? lines : lines.slice(0, begin);
  const sections = begin < 0 ? [] : split(lines.slice(begin));
  checkSession(session);
  checkSections(sections, options);
  const bundled = checkBundle(session, sections);
  for (const section of sections) checkAttributes(section);
  checkTransport(session, sections.find((section) => midOf(section) === bundled[0])?.lines ?? []);
  const kept = [...session, ...sections.flatMap((section) => [headOf(section), ...keptLines(section, options)])];
  return `${kept.join('\r\n')}\r\n`;
}

function refused(what: string): AppError {
  return new AppError('offer-invalid', `The offer cannot be answered: ${what}.`);
}

function checkLine(line: string, number: number) {
  if (line.length > LONGEST_LINE) throw refused(`line ${number} is longer than ${LONGEST_LINE} characters`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (/[\x00-\x1f\x7f]/.test(line)) throw refused(`line ${number} has a control character`);
  if (!/^[a-z]=/.test(line)) throw refused(`line ${number} does not begin with a letter and "="`);
}

function checkSession(lines: string[]) {
  if (lines[0] !== 'v=0') throw refused('its first line is not "v=0"');
  if (!/^o=\S+ \d{1,20} \d{1,20} IN IP[46] \S+$/.test(lines[1] ?? '')) throw refused('its second line is no origin ("o=")');
  if (!lines[2]?.startsWith('s=')) throw refused('its third line is no name ("s=")');
  const times = lines.filter((line) => line.startsWith('t='));
  if (times.length !== 1 || !/^t=\d{1,20} \d{1,20}$/.test(times[0] ?? '')) throw refused('it has no time line ("t=0 0")');
}

function split(lines: string[]): Section[] {
  const sections: Section[] = [];
  for (const line of lines) {
    if (!line.startsWith('m=')) {
      sections.at(-1)?.lines.push(line);
      continue;
    }
    const [kind = '', port = '', protocol = '', ...formats] = line.slice(2).split(' ');
    if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw refused(`"m=${kind.slice(0, 20)}" has no valid port`);
    if (formats.length === 0 || formats.length > 100) throw refused(`"m=${kind.slice(0, 20)}" has no formats, or too many`);
    sections.push({ kind, port: Number(port), protocol, formats, lines: [] });
  }
  return sections;
}

function checkSections(sections: Section[], { eventsOptional = false }: OfferOptions) {
  if (sections.length > MOST_SECTIONS) throw refused(`it has more than ${MOST_SECTIONS} media sections`);
  const audio = sections.filter((section) => section.kind === 'audio');
  const channels = sections.filter((section) => section.kind === 'application');
  const other = sections.find((section) => !['audio', 'video', 'application'].includes(section.kind));
  if (other) throw refused('it has a media section that is neither audio, video nor application');
  if (audio.length !== 1) throw refused(`it has ${audio.length} audio sections ("m=audio") instead of one`);
  if (channels.length !== 1 && !(eventsOptional && channels.length === 0))
    throw refused(`it has ${channels.length} data channel sections ("m=application") instead of one`);
  for (const section of [...audio, ...channels]) {
    if (isOff(section)) throw refused(`its ${section.kind} section is switched off (port 0)`);
  }
  if (opusFormats(audio[0]).length === 0) throw refused('its audio section does not offer Opus (opus/48000/2)');
  const [channel] = channels;
  if (channel && (!/^(UDP|TCP)\/DTLS\/SCTP$/.test(channel.protocol) || channel.formats.join() !== 'webrtc-datachannel')) {
    throw refused('its data channel section is not "UDP/DTLS/SCTP webrtc-datachannel"');
  }
  for (const section of sections) {
    if (section.kind === 'application') continue;
    if (!/^(UDP|TCP)\/TLS\/RTP\/SAVPF$/.test(section.protocol)) {
      throw refused(`its ${section.kind} section is not "UDP/TLS/RTP/SAVPF"`);
    }
    if (section.formats.some((format) => !/^\d{1,3}$/.test(format) || Number(format) > 127)) {
      throw refused(`its ${section.kind} section has a payload type that is no number up to 127`);
    }
    if (new Set(section.formats).size !== section.formats.length) {
      throw refused(`its ${section.kind} section names a payload type twice`);
    }
    if (!isOff(section) && !section.lines.includes('a=rtcp-mux'))
      throw refused(`its ${section.kind} section does not share its port with RTCP ("a=rtcp-mux")`);
  }
}

/** Declined, or not used any more; a section that only lives in the bundle has the port 0, too (RFC 8843, 6). */
function isOff(section: Section): boolean {
  return section.port === 0 && !section.lines.includes('a=bundle-only');
}

/** The mids that share the one transport; the first one's section describes it. */
function checkBundle(session: string[], sections: Section[]): string[] {
  const mids = sections.map(midOf);
  if (mids.some((mid) => !/^[\w.~-]{1,32}$/.test(mid))) throw refused('a media section has no valid name ("a=mid")');
  if (new Set(mids).size !== mids.length) throw refused('two media sections have the same name ("a=mid")');
  const groups = session.filter((line) => line.startsWith('a=group:BUNDLE '));
  const bundled = groups[0]?.split(' ').slice(1) ?? [];
  const needed = sections.filter((section) => section.kind !== 'video').map(midOf);
  if (groups.length !== 1 || needed.some((mid) => !bundled.includes(mid))) {
    throw refused('its audio and its data channel do not share one transport ("a=group:BUNDLE")');
  }
  if (bundled.some((mid) => !mids.includes(mid))) throw refused('"a=group:BUNDLE" names a section that is not there');
  return bundled;
}

function midOf(section: Section): string {
  return section.lines.find((line) => line.startsWith('a=mid:'))?.slice('a=mid:'.length) ?? '';
}

/** What ICE and DTLS need, and how it looks (RFC 8839, RFC 8122, RFC 4145). */
const TRANSPORT_ATTRIBUTES: Record<string, (value: string) => boolean> = {
  'ice-ufrag': (value) => /^[A-Za-z0-9+/]{4,256}$/.test(value),
  'ice-pwd': (value) => /^[A-Za-z0-9+/]{22,256}$/.test(value),
  fingerprint: isFingerprint,
  setup: (value) => /^(actpass|active|passive)$/.test(value),
};

/** The section that describes the transport, or the whole offer, says all of it. */
function checkTransport(session: string[], section: string[]) {
  for (const name of Object.keys(TRANSPORT_ATTRIBUTES)) {
    if (![...session, ...section].some((line) => line.startsWith(`a=${name}:`))) throw refused(`it has no "a=${name}"`);
  }
  for (const line of session) checkTransportAttribute(line);
}

function checkTransportAttribute(line: string) {
  const [, name = '', value = ''] = /^a=([a-z-]+):(.*)$/.exec(line) ?? [];
  if (Object.hasOwn(TRANSPORT_ATTRIBUTES, name) && !TRANSPORT_ATTRIBUTES[name]?.(value)) {
    throw refused(`its "a=${name}" is not well formed`);
  }
}

function isFingerprint(value: string): boolean {
  const [hash = '', bytes = ''] = value.split(' ');
  const count = FINGERPRINT_BYTES[hash.toLowerCase()];
  return count !== undefined && /^[0-9a-f]{2}(:[0-9a-f]{2})*$/i.test(bytes) && bytes.length === count * 3 - 1;
}

function checkAttributes(section: Section) {
  const count = (name: string) => section.lines.filter((line) => line.startsWith(`a=${name}`)).length;
  if (count('candidate:') > MOST_CANDIDATES) throw refused(`a section has more than ${MOST_CANDIDATES} candidates`);
  if (count('ssrc') > MOST_SOURCES) throw refused(`a section has more than ${MOST_SOURCES} sources ("a=ssrc")`);
  for (const line of section.lines) {
    checkTransportAttribute(line);
    if (line.startsWith('a=candidate:') && !isCandidate(line)) throw refused('it has a candidate that is not well formed');
    const size = /^a=max-message-size:(.*)$/.exec(line)?.[1];
    if (size !== undefined && !/^\d{1,10}$/.test(size)) throw refused('its "a=max-message-size" is no number');
    const port = /^a=sctp-port:(.*)$/.exec(line)?.[1];
    if (port !== undefined && (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)) throw refused('its "a=sctp-port" is no port');
  }
}

/**
 * Checks a candidate that a client tells after its offer. False where it is to be passed over: the end of candidates, names, and what is no
 * IP address of a kind that is used.
 * @throws AppError `offer-invalid`
 */
export function checkCandidate({ candidate, sdpMid, sdpMLineIndex }: IceCandidate, { ipv6 }: { ipv6: boolean }): boolean {
  const isNamed = sdpMid !== null && /^[\w.~-]{1,32}$/.test(sdpMid);
  const isCounted =
    sdpMLineIndex !== null && Number.isInteger(sdpMLineIndex) && sdpMLineIndex >= 0 && sdpMLineIndex < MOST_SECTIONS;
  if (candidate === '') return false;
  if (candidate.length > LONGEST_LINE || !isCandidate(`a=${candidate.replace(/^a=/, '')}`))
    throw badCandidate('is not well formed');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (/[\x00-\x1f\x7f]/.test(candidate)) throw badCandidate('has a control character');
  if (!(isNamed || (sdpMid === null && isCounted)))
    throw badCandidate('has neither a valid "sdpMid" nor a valid "sdpMLineIndex"');
  return isAddress(candidate.split(' ')[4] ?? '', ipv6);
}

function badCandidate(what: string): AppError {
  return new AppError('offer-invalid', `The candidate ${what}.`);
}

function isAddress(address: string, ipv6: boolean): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(address) || (ipv6 && /^[0-9a-f:.]*:[0-9a-f:.]*$/i.test(address));
}

function isCandidate(line: string): boolean {
  const match =
    /^a=candidate:[A-Za-z0-9+/]{1,32} [12] (udp|tcp) \d{1,10} (\S{1,255}) (\d{1,5}) typ (host|srflx|prflx|relay)( .*)?$/i.exec(
      line,
    );
  return match !== null && Number(match[3]) <= 65_535;
}

function opusFormats(audio: Section | undefined): string[] {
  const formats = audio?.lines.flatMap((line) => /^a=rtpmap:(\d{1,3}) opus\/48000\/2$/i.exec(line)?.[1] ?? []) ?? [];
  return formats.filter((format) => audio?.formats.includes(format));
}

/** VP8 and what sends it again (RFC 4588); none where VP8 is not offered. */
function vp8Formats(video: Section): string[] {
  const vp8 = video.lines.flatMap((line) => /^a=rtpmap:(\d{1,3}) VP8\/90000$/i.exec(line)?.[1] ?? []);
  const again = video.lines.flatMap((line) => {
    const [, format, of] = /^a=fmtp:(\d{1,3}) apt=(\d{1,3})$/.exec(line) ?? [];
    return format !== undefined && of !== undefined && vp8.includes(of) ? [format] : [];
  });
  const known = new Set([...vp8, ...again]);
  return vp8.length === 0 ? [] : video.formats.filter((format) => known.has(format));
}

/** Whether VP8 can be sent in this section of an offer that `checkOffer` has let through. */
export function takesVp8(offer: string, mid: string): boolean {
  const section = offer.split(/^(?=m=)/m).find((text) => text.includes(`a=mid:${mid}\r\n`)) ?? '';
  return section.startsWith('m=video ') && / VP8\/90000\r\n/i.test(section) && /^a=(recvonly|sendrecv)\r$/m.test(section);
}

function formatsOf(section: Section): string[] {
  if (section.kind === 'audio') return opusFormats(section);
  const vp8 = section.kind === 'video' ? vp8Formats(section) : [];
  return vp8.length > 0 ? vp8 : section.formats;
}

function headOf(section: Section): string {
  return `m=${section.kind} ${section.port} ${section.protocol} ${formatsOf(section).join(' ')}`;
}

/** Bandwidths, parameters of codecs and layers are the server's business: only which packet repeats which is kept. */
const MEDIA_SETTING = /^(b=|a=fmtp:|a=ptime:|a=maxptime:|a=rid:|a=simulcast:)/;

function keptLines(section: Section, { ipv6, videoKilobitsPerSecond }: OfferOptions): string[] {
  const formats = formatsOf(section);
  const kept = section.lines.filter((line) => {
    if (line.startsWith('a=candidate:')) return isAddress(line.split(' ')[4] ?? '', ipv6);
    if (section.kind === 'application') return true;
    const format = /^a=(?:rtpmap|rtcp-fb|fmtp):(\d+)/.exec(line)?.[1];
    if (format !== undefined && !formats.includes(format)) return false;
    return !MEDIA_SETTING.test(line) || (section.kind === 'video' && /^a=fmtp:\d+ apt=\d+$/.test(line));
  });
  if (section.kind === 'audio') return [...kept, ...formats.map((format) => `a=fmtp:${format} ${OPUS_PARAMETERS}`)];
  if (section.kind !== 'video' || videoKilobitsPerSecond === undefined) return kept;
  // The order of RFC 8866: the bandwidth stands before the attributes.
  const attributes = kept.findIndex((line) => line.startsWith('a='));
  return kept.toSpliced(attributes < 0 ? kept.length : attributes, 0, `b=AS:${Math.round(videoKilobitsPerSecond)}`);
}
