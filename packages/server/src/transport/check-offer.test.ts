import { describe, expect, it } from 'vitest';
import { AppError } from '../core/errors.ts';
import { BROWSER_OFFER } from '../testing/browser-offer.ts';
import { checkOffer, takesVp8 } from './check-offer.ts';

function problem(offer: string): string {
  try {
    checkOffer(offer, { ipv6: true });
    return 'none';
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'offer-invalid') throw error;
    return error.message;
  }
}

const changed = (from: string | RegExp, to: string) => {
  const offer = BROWSER_OFFER.replaceAll(from, to);
  expect(offer).not.toBe(BROWSER_OFFER);
  return problem(offer);
};

describe('an offer', () => {
  it("of a browser passes, also with a line feed alone at the lines' ends", () => {
    expect(problem(BROWSER_OFFER)).toBe('none');
    expect(problem(BROWSER_OFFER.replaceAll('\r\n', '\n'))).toBe('none');
  });

  it('may leave sections to the bundle that say nothing of the transport (RFC 8843)', () => {
    const [session = '', ...sections] = BROWSER_OFFER.split(/^(?=m=)/m);
    const bare = sections.map((section, n) =>
      n === 0
        ? section
        : section
            .replace(/^m=(\w+) \d+ /, 'm=$1 0 ')
            .replace(/^a=(candidate|ice-ufrag|ice-pwd|fingerprint|setup):.*\r\n/gm, '')
            .concat('a=bundle-only\r\n'),
    );
    expect(problem([session, ...bare].join(''))).toBe('none');
    expect(problem([session, ...bare].join('').replaceAll('a=bundle-only\r\n', ''))).toMatch(/switched off/);
  });

  it.each([
    ['', 'it is empty'],
    ['hello', 'line 1 does not begin with a letter'],
    ['x=1', 'its first line is not "v=0"'],
    ['v=0\r\n', 'its second line is no origin'],
    [`${BROWSER_OFFER}${'a=x\r\n'.repeat(2_000)}`, 'more than 1500 lines'],
    [`${BROWSER_OFFER}${'a=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n'.repeat(2_000)}`, 'longer than 65536 bytes'],
    [`${BROWSER_OFFER}a=${'x'.repeat(5_000)}\r\n`, 'is longer than 4096 characters'],
    [BROWSER_OFFER.slice(0, BROWSER_OFFER.indexOf('m=')), 'it has 0 audio sections'],
  ])('is refused as a whole: %#', (offer, what) => {
    expect(problem(offer)).toContain(what);
  });

  it('is refused with a sentence that says what is wrong', () => {
    expect(changed('a=mid:0', 'a=mid:0\0')).toMatch(/control character/);
    expect(changed('m=audio', 'm=image')).toMatch(/neither audio, video nor application/);
    expect(changed('m=video', 'm=audio')).toMatch(/2 audio sections/);
    expect(changed(/m=application[\s\S]*$/g, '')).toMatch(/0 data channel sections/);
    expect(changed('opus/48000/2', 'opus/16000')).toMatch(/does not offer Opus/);
    expect(changed('m=audio 58915', 'm=audio 70000')).toMatch(/no valid port/);
    expect(changed('m=audio 58915', 'm=audio 0')).toMatch(/switched off/);
    expect(changed('SAVPF 111 ', 'SAVPF 111 111 ')).toMatch(/names a payload type twice/);
    expect(changed('SAVPF 111 ', 'SAVPF 111 200 ')).toMatch(/no number up to 127/);
    expect(changed('webrtc-datachannel', '5000')).toMatch(/not "UDP\/DTLS\/SCTP webrtc-datachannel"/);
    expect(changed(/a=ice-ufrag:.*\r\n/g, '')).toMatch(/no "a=ice-ufrag"/);
    expect(changed(/a=ice-pwd:.*/g, 'a=ice-pwd:short')).toMatch(/"a=ice-pwd" is not well formed/);
    expect(changed(/a=fingerprint:.*\r\n/g, '')).toMatch(/no "a=fingerprint"/);
    expect(changed('a=fingerprint:sha-256 ', 'a=fingerprint:sha-512 ')).toMatch(/"a=fingerprint" is not well formed/);
    expect(changed('a=setup:actpass', 'a=setup:holdconn')).toMatch(/"a=setup" is not well formed/);
    expect(changed(/a=rtcp-mux\r\n/g, '')).toMatch(/rtcp-mux/);
    expect(changed('a=group:BUNDLE 0 1 2', 'a=group:BUNDLE 0')).toMatch(/do not share one transport/);
    expect(changed('a=group:BUNDLE 0 1 2', 'a=group:BUNDLE 0 1 2 3')).toMatch(/a section that is not there/);
    expect(changed('a=mid:2', 'a=mid:0')).toMatch(/the same name/);
    expect(changed('a=mid:2\r\n', '')).toMatch(/no valid name/);
    expect(changed(' typ host', ' typ guest')).toMatch(/candidate that is not well formed/);
    expect(changed('a=mid:0', `a=mid:0${'\r\na=candidate:1 1 udp 1 192.0.2.3 9 typ host'.repeat(101)}`)).toMatch(
      /100 candidates/,
    );
    expect(changed('a=sctp-port:5000', 'a=sctp-port:99999')).toMatch(/sctp-port/);
    expect(changed('a=max-message-size:262144', 'a=max-message-size:much')).toMatch(/max-message-size/);
  });

  it('reaches the library with Opus alone, as the server encodes it', () => {
    const offer = BROWSER_OFFER.replace('minptime=10;useinbandfec=1', 'maxaveragebitrate=510000;stereo=1;usedtx=1');
    const audio = checkOffer(offer, { ipv6: true }).split(/^(?=m=)/m)[1] ?? '';
    expect(audio).toMatch(/^m=audio \d+ UDP\/TLS\/RTP\/SAVPF 111\r\n/);
    expect(audio.match(/^a=(rtpmap|fmtp):.*$/gm)).toEqual(['a=rtpmap:111 opus/48000/2', 'a=fmtp:111 minptime=10;useinbandfec=1']);
  });

  it('reaches the library with VP8 alone of video, and with the limit that is set here', () => {
    const offer = BROWSER_OFFER.replace('a=mid:1\r\n', 'b=AS:9000\r\na=mid:1\r\na=fmtp:96 x-google-max-bitrate=9000\r\n');
    const video = checkOffer(offer, { ipv6: true, videoKilobitsPerSecond: 700 }).split(/^(?=m=)/m)[2] ?? '';
    expect(video).toMatch(/^m=video \d+ UDP\/TLS\/RTP\/SAVPF 96 97\r\nc=.*\r\nb=AS:700\r\na=/);
    expect(video.match(/^(b=.*|a=(rtpmap|fmtp):.*)$/gm)).toEqual([
      'b=AS:700',
      'a=rtpmap:96 VP8/90000',
      'a=rtpmap:97 rtx/90000',
      'a=fmtp:97 apt=96',
    ]);
    expect(takesVp8(checkOffer(offer, { ipv6: true }), '1')).toBe(true);
    expect(takesVp8(checkOffer(offer.replaceAll('VP8', 'H264'), { ipv6: true }), '1')).toBe(false);
    expect(takesVp8(checkOffer(offer, { ipv6: true }), '0')).toBe(false);
  });

  it('reaches the library without names to look up, and without IPv6 where that is off', () => {
    const offer = BROWSER_OFFER.replaceAll('192.0.2.2 58915 typ', 'internal.example 58915 typ');
    const addresses = (ipv6: boolean) =>
      new Set([...checkOffer(offer, { ipv6 }).matchAll(/^a=candidate:\S+ \d+ \S+ \d+ (\S+)/gm)].map(([, address]) => address));
    expect(addresses(true)).toEqual(new Set(['192.0.2.2', 'fd00::2']));
    expect(addresses(false)).toEqual(new Set(['192.0.2.2']));
  });
});
