import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FollowedSpeech, SpeechFollower, SpeechPosition } from '../../core/calls/speech-follower.ts';
import { scriptedSound } from '../../testing/scripted-voice.ts';
import { closed, createTalkWorld, type Talk, type TalkWorld, until } from '../../testing/spoken-conversation.ts';

let world: TalkWorld;
beforeEach(async () => {
  world = await createTalkWorld();
});
afterEach(() => world.leave());
afterAll(closed);

/** The number of the word that a followed sample says; see `scriptedVoice`. */
const numberOf = (sample: number | undefined) => Math.round((sample ?? 0) / 40);

/** Everything that is told, and where the sound was at every frame that was not silent. */
function followed({ conversation, line, numbers }: Talk) {
  const told: FollowedSpeech[] = [];
  const rest: string[] = [];
  const played: Array<SpeechPosition & { number: number }> = [];
  const follower: SpeechFollower = {
    speech: (piece) => void told.push(piece),
    ended: (utterance) => void rest.push(`ended ${utterance}`),
    cut: (utterance) => void rest.push(`cut ${utterance}`),
  };
  conversation.speech.follow(follower);
  const count = line.onFrame;
  line.onFrame = (frame) => {
    const before = numbers.length;
    count?.(frame);
    const { position } = conversation.speech;
    if (position) played.push({ ...position, number: numbers.length > before ? numbers.at(-1)! : 0 });
  };
  const soundAt = (utterance: string, ms: number): number | undefined => {
    const piece = told.find(
      (each) => each.utterance === utterance && ms >= each.positionMs && ms < each.positionMs + each.samples.length / 24,
    );
    return piece?.samples[Math.floor((ms - piece.positionMs) * 24)];
  };
  return { told, rest, played, soundAt };
}

describe('who follows what is said', () => {
  it('is told all sound in its place, with words and phonemes, before it is heard, and where the sound is', async () => {
    world.server.script(() => ({ tokens: 'We open at nine.' }));
    const talk = await world.begin();
    const { told, rest, played, soundAt } = followed(talk);
    talk.attach();
    await talk.say('When do you open?');
    const { replyId } = await talk.event('reply-end');
    let toMs = 0;
    for (const { utterance, positionMs, samples } of told) {
      expect(utterance).toBe(replyId);
      expect(positionMs).toBeCloseTo(toMs, 6);
      toMs += samples.length / 24;
    }
    const words = told.flatMap((piece) => piece.words);
    expect(words.map(({ text }) => text.trim())).toEqual(['We', 'open', 'at', 'nine.']);
    for (const { text, startMs, endMs, phonemes } of words) expect(phonemes).toEqual([{ symbol: text.trim(), startMs, endMs }]);
    expect(rest).toEqual([`ended ${replyId}`]);
    expect(played.length).toBeGreaterThan(20);
    for (const { ms, number } of played) if (number > 0) expect(numberOf(soundAt(replyId, ms + 9))).toBe(number);
    await until(() => talk.conversation.speech.position === undefined);
  });

  it('is told when a reply is cut off', async () => {
    world.server.script(() => ({ tokens: Array.from({ length: 40 }, (_, at) => `word${at}`).join(' ') }));
    const talk = await world.begin();
    const { rest, played } = followed(talk);
    talk.attach();
    await talk.say('Count!');
    await until(() => played.length > 20);
    talk.conversation.interrupt();
    const { replyId } = await talk.event('reply-end');
    expect(rest.at(-1)).toBe(`cut ${replyId}`);
    expect(talk.conversation.speech.position).toBeUndefined();
  });

  it('knows where the sound is after it went on from a word that was cut off', async () => {
    world.server.script(() => ({ tokens: 'one two three four five six seven eight nine ten.' }));
    const talk = await world.begin({ turn: { resumeAfterMs: 100 }, speed: 2 });
    const { played, soundAt } = followed(talk);
    talk.attach(120);
    await talk.say('Count!', 300);
    await until(() => talk.numbers.length > 30);
    await talk.line.speak(scriptedSound(400, 'noise'));
    const { replyId } = await talk.event('reply-end');
    expect(played.some(({ ms }, i) => ms < (played[i - 1]?.ms ?? 0))).toBe(true);
    for (const { ms, number } of played) if (number > 0) expect(numberOf(soundAt(replyId, ms + 9))).toBe(number);
  });
});
