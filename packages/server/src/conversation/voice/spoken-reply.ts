import type { voice } from '@livekit/agents';
import type { ReplyOrigin, SpokenWord, VoiceEvent } from '../../core/calls/voice-conversation.ts';
import type { LanguageModelEndpoint } from '../../core/conversation.ts';
import type { ReplyOutcome } from '../../providers/openai-compatible/fallback-language-model.ts';
import { countHeardWords, EMPTY_LEDGER, goOn, handOver, heardMs, hush, type PlayoutLedger, played } from './playout-ledger.ts';
import { createTurnTimings, type TurnTimings } from './turn-timings.ts';

/** What was heard is told at most this often. */
const HEARD_EVERY_MS = 250;

export interface ReplyDeps {
  emit: (event: VoiceEvent) => void;
  /** From handing a sample over to its sound, in ms, where the client does not report. */
  playoutDelayMs: () => number;
  onEnd: (reply: SpokenReply) => void;
}

/** One reply on its way from the model to the user's ear. Nothing of it is told before it is started. */
export class SpokenReply {
  readonly id: string;
  readonly handle: voice.SpeechHandle;
  readonly timings: TurnTimings;
  /** Resolves when the reply was heard or cut off. */
  readonly ended: Promise<void>;
  readonly createdAt = Date.now();
  /** Known once it is started: a reply may be made while it is not yet sure that the user has finished. */
  origin: ReplyOrigin | undefined;
  /** Asked last. */
  endpoint: LanguageModelEndpoint | undefined;
  outcome: ReplyOutcome | undefined;
  /** Everything the model wrote. */
  written = '';
  /** Whether it goes to a loudspeaker. */
  spoken = false;
  /** Whether the voice could not say all of it. */
  voiceFailed = false;
  interrupted = false;
  onDelta: ((text: string) => void) | undefined;
  /** What it says, if no model wrote it. */
  said: string | undefined;
  content = '';
  spokenMs = 0;
  readonly #deps: ReplyDeps;
  readonly #stops = new Set<() => void>();
  #resolveEnded = () => {};
  #ledger: PlayoutLedger = EMPTY_LEDGER;
  /** Words of parts that were played to their end, and of the part that was cut off. */
  #heardWords = 0;
  #untold = '';
  #toldHeardAt = 0;
  #toldHeard = 0;
  #playing = false;
  #over = false;

  constructor(handle: voice.SpeechHandle, deps: ReplyDeps, begunAt: number) {
    this.id = handle.id;
    this.handle = handle;
    this.#deps = deps;
    this.timings = createTurnTimings(begunAt);
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    handle.addDoneCallback(() => this.end(handle.interrupted));
    // A task that waits for the model or the voice would notice an interruption only with their next word.
    const noticed = handle.waitIfNotInterrupted([handle.waitForPlayout()]);
    noticed.then(
      () => this.#stopWork(),
      () => this.#stopWork(),
    );
  }

  get started(): boolean {
    return this.origin !== undefined;
  }

  get over(): boolean {
    return this.#over;
  }

  /** Whether any of its sound was handed over. */
  get sounded(): boolean {
    return this.#ledger.handedMs > 0;
  }

  get words(): readonly SpokenWord[] {
    return this.#ledger.words;
  }

  get handedMs(): number {
    return this.#ledger.handedMs;
  }

  /** From here on it is part of the conversation. */
  start(origin: ReplyOrigin): void {
    if (this.started) return;
    this.origin = origin;
    this.#deps.emit({ type: 'reply-start', replyId: this.id, origin });
    this.#tell(this.#untold);
    this.#untold = '';
  }

  /** The model wrote something. */
  generated(text: string): void {
    if (text === '' || this.#over) return;
    this.timings.mark('first_token');
    this.written += text;
    if (this.started) this.#tell(text);
    else this.#untold += text;
  }

  /** The voice has made these words of it. */
  synthesised(words: readonly SpokenWord[]): void {
    if (words.length === 0) return;
    this.#ledger = { ...this.#ledger, words: [...this.#ledger.words, ...words] };
    const told = words.map((word) => ({ ...word, text: word.text.trim() }));
    this.#deps.emit({ type: 'reply-words', replyId: this.id, words: told });
  }

  /** This much of its sound was handed over. */
  handed(ms: number): void {
    const now = performance.now();
    this.timings.mark('first_audio_sent', now);
    this.#ledger = handOver(this.#ledger, ms, now);
    this.#tellHeard(now);
  }

  /** The client has played so much of it. */
  reported(playedMs: number): void {
    if (!(playedMs > 0)) return;
    const now = performance.now();
    const late = this.timings.latency().first_audio_heard === undefined;
    this.timings.mark('first_audio_heard', now - playedMs);
    if (this.#over) {
      if (late) this.#deps.emit({ type: 'reply-latency', replyId: this.id, latency: this.timings.latency() });
      return;
    }
    this.#ledger = played(this.#ledger, playedMs, now);
    this.#tellHeard(now);
  }

  /** Its sound begins, goes on, or stops for now because the voice is slow or done. */
  setPlaying(playing: boolean): void {
    if (playing === this.#playing) return;
    this.#playing = playing;
    this.#deps.emit({ type: 'reply-playing', replyId: this.id, playing, positionMs: this.#ledger.handedMs, hushed: false });
  }

  /** The user talks: the client is told to be silent at once, whatever is on its way. */
  hush(): void {
    if (!this.#playing) return;
    this.#playing = false;
    const now = performance.now();
    this.#ledger = hush(this.#ledger, now);
    const positionMs = heardMs(this.#ledger, now, this.#deps.playoutDelayMs());
    this.#deps.emit({ type: 'reply-playing', replyId: this.id, playing: false, positionMs, hushed: true });
  }

  /** It goes on after a `hush`; returns how much of what was handed over is to be handed over again, in ms, `mostMs` at most. */
  goOn(mostMs: number): number {
    const { hushedAt, handedMs, words } = this.#ledger;
    if (hushedAt === undefined) return 0;
    const heard = heardMs(this.#ledger, performance.now(), this.#deps.playoutDelayMs());
    // A word that was cut off is said again, where it is not long ago.
    const broken = words.find(({ startMs, endMs }) => startMs < heard && heard < endMs)?.startMs ?? heard;
    const again = Math.min(mostMs, handedMs - (handedMs - broken <= mostMs ? broken : heard));
    this.#ledger = goOn(this.#ledger, handedMs - again);
    return again;
  }

  /** A part that began with this word was played to its end. */
  finishPart(): void {
    this.#heardWords = this.#ledger.words.length;
    this.spokenMs = this.#ledger.handedMs;
  }

  /** A part that began with this word is cut off here; returns what was heard of it. */
  cutPart(firstWord: number): string {
    const ms = heardMs(this.#ledger, performance.now(), this.#deps.playoutDelayMs());
    this.#heardWords = Math.max(this.#heardWords, countHeardWords(this.#ledger.words, ms));
    this.spokenMs = ms;
    return joined(this.#ledger.words.slice(firstWord, this.#heardWords)).trim();
  }

  /** Stops it, whatever it allows. */
  interrupt(): void {
    if (this.handle.interrupted || this.handle.done()) return;
    this.handle.allowInterruptions = true;
    this.handle.interrupt();
  }

  /** Calls `stop` when it is interrupted or over. */
  onStop(stop: () => void): void {
    if (this.#over || this.handle.interrupted) stop();
    else this.#stops.add(stop);
  }

  /** It was heard, or cut off. */
  end(interrupted: boolean): void {
    if (this.#over) return;
    this.#over = true;
    this.interrupted = interrupted;
    this.#stopWork();
    this.content = (this.spoken ? joined(this.#ledger.words.slice(0, this.#heardWords)) : this.written).trim();
    this.timings.mark('total');
    this.#playing = false;
    if (this.origin) {
      const { id: replyId, origin, content, endpoint } = this;
      const spokenMs = Math.round(this.spokenMs);
      const { provider = '', model = '' } = endpoint ?? {};
      const latency = this.timings.latency();
      this.#deps.emit({ type: 'reply-end', replyId, origin, content, interrupted, spokenMs, latency, provider, model });
    }
    this.#deps.onEnd(this);
    this.#resolveEnded();
  }

  #tell(text: string): void {
    if (text === '') return;
    this.#deps.emit({ type: 'reply-delta', replyId: this.id, text });
    this.onDelta?.(text);
  }

  #tellHeard(now: number): void {
    if (now - this.#toldHeardAt < HEARD_EVERY_MS) return;
    const spokenMs = heardMs(this.#ledger, now, this.#deps.playoutDelayMs());
    const count = countHeardWords(this.#ledger.words, spokenMs);
    if (count <= this.#toldHeard) return;
    this.#toldHeardAt = now;
    this.#toldHeard = count;
    const content = joined(this.#ledger.words.slice(0, count)).trim();
    this.#deps.emit({ type: 'reply-heard', replyId: this.id, content, spokenMs: Math.round(spokenMs) });
  }

  #stopWork(): void {
    for (const stop of this.#stops) stop();
    this.#stops.clear();
  }
}

function joined(words: readonly SpokenWord[]): string {
  return words.map((word) => word.text).join('');
}
