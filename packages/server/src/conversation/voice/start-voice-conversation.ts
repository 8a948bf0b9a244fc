import { ReadableStream } from 'node:stream/web';
import { llm, type stt, type tts, voice } from '@livekit/agents';
import type { AudioFrame } from '@livekit/rtc-node';
import type { AudioLine } from '../../core/calls/transport.ts';
import type { StartVoiceConversation, VoiceConversation, VoiceEvent } from '../../core/calls/voice-conversation.ts';
import type { EarsEndpoint, VoiceConversationSpec, VoiceEndpoint } from '../../core/calls/voice-spec.ts';
import type { SpeechReport } from '../../core/speech/callable-speech.ts';
import { FallbackLanguageModel } from '../../providers/openai-compatible/fallback-language-model.ts';
import { fitContext, restoreContext } from '../chat-context.ts';
import { modelHistory } from '../model-history.ts';
import { silenceFramework } from '../silent-framework.ts';
import type { ConversationDeps } from '../start-conversation.ts';
import { withLimit } from '../within-limit.ts';
import { createEarsPipe } from './ears-pipe.ts';
import { endCallTool } from './end-call-tool.ts';
import { Microphone } from './microphone.ts';
import { sessionOptions } from './session-options.ts';
import { createSessionReplies } from './session-replies.ts';
import { createSilenceWatch } from './silence-watch.ts';
import { SpeechOutput } from './speech-output.ts';
import { phrasesOf, SPOKEN_STYLE } from './spoken-phrases.ts';
import type { SpokenReply } from './spoken-reply.ts';
import { loadTurnModels, type TurnModels } from './turn-models.ts';
import { createTypedMessages } from './typed-messages.ts';
import { VoiceAgent } from './voice-agent.ts';

/** What all spoken conversations of a process share. */
export interface VoiceConversationDeps extends ConversationDeps {
  /** A recogniser that streams, fails over inside and never throws into the framework. */
  createEars: (endpoints: EarsEndpoint[], options: SpeechOptions) => stt.STT;
  /**
   * A voice at 24 kHz that streams, fails over inside and never throws into the framework. It tells the time of every
   * word, each with the blanks between it and the next or the one before: joined, they are the text, as far as it was said.
   */
  createVoice: (endpoints: VoiceEndpoint[], options: SpeechOptions) => tts.TTS;
  /** Begins to read what the conversation begins with, where that is of use; never throws. */
  readAhead?: (spec: VoiceConversationSpec, signal: AbortSignal) => Promise<void>;
  /** What notices speech and the end of a turn; by default LiveKit's local models. */
  turnModels?: () => Promise<TurnModels>;
}

interface SpeechOptions {
  /** As in `en` or `en-GB`. */
  language: string;
  report: (report: SpeechReport) => void;
}

/** How spoken conversations start: each is one `AgentSession` of LiveKit Agents in this process, without a server or a room. */
export function createStartVoiceConversation(deps: VoiceConversationDeps): StartVoiceConversation {
  silenceFramework();
  return (spec, onEvent) => startVoiceConversation(deps, spec, onEvent);
}

/** Nothing heard of a reply after this long: the user is told, in ms. */
const SLOW_AFTER_MS = 3_000;
const ANNOUNCE_END_MS = 30_000;
/** After so many turns in a row without an answer there is no point in going on. */
const MOST_FAILED_TURNS = 3;
/** Of the close; each part is bounded, two seconds together. */
const CUT_LIMIT_MS = 500;
const SESSION_LIMIT_MS = 900;
const RELEASE_LIMIT_MS = 300;
/** The longest timer there is. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const LISTENING_NOTICE_EVERY_MS = 30_000;

async function startVoiceConversation(
  deps: VoiceConversationDeps,
  spec: VoiceConversationSpec,
  onEvent: (event: VoiceEvent) => void,
): Promise<VoiceConversation> {
  const { turn, language, greeting, endsAt } = spec.voice;
  const phrases = phrasesOf(language);
  const turnModels = await (deps.turnModels ?? loadTurnModels)();

  let line: AudioLine | undefined;
  let playoutDelay = () => 0;
  let closing: Promise<void> | undefined;
  let closed = false;
  let isOver = false;
  let userSpeaking = false;
  let greeted = greeting === undefined;
  let greetedTwice = false;
  let failedTurns = 0;
  let listeningNoticeAt = Number.NEGATIVE_INFINITY;
  /** Said before the end of the conversation; the reply in which the model decided to end it. */
  let farewell: { reply: SpokenReply | undefined; goodbye: string | undefined } | undefined;
  let announceEnd = false;
  const timers = new Set<NodeJS.Timeout>();
  const closes = new AbortController();

  const emit = (event: VoiceEvent) => {
    if (!closed) onEvent(event);
  };
  const notice = (code: string, text: string) => emit({ type: 'notice', code, text });
  const later = (ms: number, run: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      run();
    }, ms);
    timers.add(timer);
    return timer;
  };

  const model = new FallbackLanguageModel({
    endpoints: spec.models,
    create: deps.createLanguageModel,
    fit: fitContext,
    onEndpoint(endpoint) {
      const reply = replies.current();
      if (reply) reply.endpoint = endpoint;
    },
    onOutcome(outcome) {
      const reply = replies.current();
      if (reply) reply.outcome = outcome;
    },
    report(failure) {
      emit({ type: 'provider-failed', provider: failure.provider, stage: 'thinking', kind: failure.kind });
      deps.report(spec.sessionId, failure);
    },
  });
  const ears = deps.createEars(spec.voice.ears, {
    language,
    report(report) {
      emit({ type: 'provider-failed', ...report });
      if (report.kind === 'all-failed') listeningFailed();
    },
  });
  const mouth = deps.createVoice(spec.voice.voices, {
    language,
    report(report) {
      emit({ type: 'provider-failed', ...report });
      if (report.kind !== 'all-failed') return;
      for (const reply of replies.active()) voiceFailed(reply);
    },
  });
  const session = new voice.AgentSession({ llm: model, stt: ears, tts: mouth, ...sessionOptions(turn, turnModels) });
  const replies = createSessionReplies({
    session,
    emit,
    playoutDelayMs: () => playoutDelay(),
    onStart: replyStarted,
    onEnd: replyEnded,
  });
  const output = new SpeechOutput(replies.current);
  const microphone = new Microphone();
  const pipe = createEarsPipe(ears, listeningFailed);
  const instructions = `${spec.instructions}\n\n${SPOKEN_STYLE}`;
  const agent = new VoiceAgent({
    instructions,
    chatCtx: restoreContext(spec),
    tools: turn.endCall ? [endCallTool(endCall)] : [],
    ears: pipe,
    model,
    replyOf: replies.current,
    settled: replies.settled,
  });
  const history = modelHistory(agent, session, spec);
  const typed = createTypedMessages({
    session,
    replies,
    history,
    spec,
    onChange() {
      silence.activity();
      settle();
    },
  });
  const silence = createSilenceWatch(turn, {
    onNudge: () => void say(turn.nudge ?? phrases.nudge),
    onEnd: () => end('silence'),
  });

  const { Error: ErrorEvent, UserStateChanged, AgentStateChanged, UserInputTranscribed } = voice.AgentSessionEventTypes;
  // An emitter without this listener throws; our providers report what fails by themselves.
  session.on(ErrorEvent, () => {});
  session.on(UserStateChanged, ({ newState }) => {
    const speaking = newState === 'speaking';
    if (speaking === userSpeaking) return;
    userSpeaking = speaking;
    if (!speaking) pipe.flush();
    emit({ type: 'user-speaking', speaking });
    silence.activity();
    settle();
  });
  session.on(UserInputTranscribed, ({ transcript, isFinal }) => {
    if (transcript !== '') emit({ type: 'transcript', text: transcript, final: isFinal });
  });
  session.on(AgentStateChanged, ({ newState }) => {
    if (newState === 'listening' || newState === 'thinking' || newState === 'speaking') emit({ type: 'state', state: newState });
  });

  // Permanent: a later one would not be listened to.
  session.input.audio = microphone;
  await session.start({ agent, record: false });
  void deps.readAhead?.({ ...spec, instructions }, closes.signal);
  const preparedGreeting = greeting === undefined ? undefined : agent.ttsNode(ReadableStream.from([greeting]), {});
  preparedGreeting?.catch(() => {});
  scheduleAnnouncement();

  /** The silence is counted while nobody has anything to do; what waits for quiet is said then. */
  function settle(): void {
    const quiet = !userSpeaking && replies.active().length === 0 && !typed.waiting;
    silence.hold(!quiet || !line || isOver);
    if (!quiet || !line || !announceEnd || isOver) return;
    announceEnd = false;
    void say(phrases.ending);
  }

  function replyStarted(reply: SpokenReply): void {
    settle();
    if (reply.origin?.type !== 'speech' && reply.origin?.type !== 'text') return;
    const slow = later(SLOW_AFTER_MS, () => {
      const reached = line ? reply.sounded : reply.written !== '';
      if (!reached && !reply.over) notice('slow-provider', phrases.slow);
    });
    reply.onStop(() => {
      clearTimeout(slow);
      timers.delete(slow);
    });
  }

  function replyEnded(reply: SpokenReply): void {
    if (reply.said !== undefined) rememberSaid(reply);
    const turnReply = reply.origin?.type === 'speech' || reply.origin?.type === 'text';
    const failed = reply.outcome?.type === 'failed';
    if (reply.spoken && !reply.interrupted && reply.words.length === 0 && reply.written.trim() !== '') {
      voiceFailed(reply);
      greetAgain(reply);
    }
    if (reply.origin?.type !== 'notice') silence.activity();
    if (turnReply && failed && !reply.interrupted) turnFailed();
    else if (turnReply && reply.outcome?.type === 'answered') failedTurns = 0;
    if (farewell && farewell.reply === reply) sayFarewell(reply);
    void history.trim(reply.written.length).catch(() => {});
    settle();
  }

  function turnFailed(): void {
    failedTurns++;
    notice('provider-failed', phrases.providerFailed);
    const last = failedTurns >= MOST_FAILED_TURNS;
    const apology = say(phrases.apology);
    if (last) void afterSound(apology).then(() => end('provider-failed'));
  }

  function voiceFailed(reply: SpokenReply): void {
    if (reply.voiceFailed || isGreetedAgain(reply)) return;
    reply.voiceFailed = true;
    notice('voice-failed', phrases.voiceFailed);
  }

  /** A greeting of which nothing was heard gets another try: it is made while the call begins, when a machine has most to do. */
  function isGreetedAgain({ origin, words }: SpokenReply): boolean {
    return origin?.type === 'greeting' && !greetedTwice && words.length === 0;
  }

  function greetAgain(reply: SpokenReply): void {
    if (!isGreetedAgain(reply) || reply.said === undefined) return;
    greetedTwice = true;
    void say(reply.said, { origin: 'greeting' });
  }

  function listeningFailed(): void {
    const now = performance.now();
    if (!line || now - listeningNoticeAt < LISTENING_NOTICE_EVERY_MS) return;
    listeningNoticeAt = now;
    notice('listening-failed', phrases.listeningFailed);
  }

  /** What the framework would keep whole, however much of it was heard. */
  function rememberSaid(reply: SpokenReply): void {
    const { content, interrupted, createdAt } = reply;
    if (content === '') return;
    void history.remember(llm.ChatMessage.create({ role: 'assistant', content, interrupted, createdAt })).catch(() => {});
  }

  /** Says something that no model wrote; undefined where nobody is there to hear it. */
  function say(text: string, { origin = 'notice', audio }: SayOptions = {}): SpokenReply | undefined {
    if (!line || closing) return undefined;
    const options = { addToChatCtx: false, ...(audio ? { audio } : {}) };
    const reply = replies.begin({ type: origin }, () => session.say(text, options));
    reply.said = text;
    reply.spoken = true;
    reply.generated(text);
    return reply;
  }

  function endCall(goodbye: string | undefined): void {
    const reply = replies.current();
    farewell ??= { reply, goodbye };
    if (reply && !reply.handle.interrupted) reply.handle.allowInterruptions = false;
  }

  function sayFarewell(reply: SpokenReply): void {
    if (isOver || closing) return;
    const said = reply.content === '' ? say(farewell?.goodbye ?? phrases.goodbye) : reply;
    if (said && !said.over) said.handle.allowInterruptions = false;
    void afterSound(said).then(() => end('ended-by-agent'));
  }

  /** Resolves when a reply has come out of the loudspeaker. */
  async function afterSound(reply: SpokenReply | undefined): Promise<void> {
    await reply?.ended;
    if (line) await new Promise<void>((resolve) => later(playoutDelay() + 20, resolve));
  }

  function end(reason: (VoiceEvent & { type: 'over' })['reason']): void {
    if (isOver || closing) return;
    isOver = true;
    silence.stop();
    emit({ type: 'over', reason });
  }

  function scheduleAnnouncement(): void {
    const left = endsAt - Date.now();
    const announceIn = left - Math.min(ANNOUNCE_END_MS, left / 2);
    if (left <= 0) return;
    later(Math.min(announceIn, LONGEST_TIMER_MS), () => {
      notice('max-duration-soon', phrases.ending);
      announceEnd = true;
      settle();
    });
  }

  function leaveLine(): void {
    line?.onMicrophone(undefined);
    line?.play(undefined);
    line = undefined;
  }

  async function close(): Promise<void> {
    closes.abort();
    silence.stop();
    leaveLine();
    typed.close();
    await withLimit(replies.interruptAll(), CUT_LIMIT_MS);
    replies.endAll();
    await withLimit(session.close(), SESSION_LIMIT_MS);
    for (const timer of timers) clearTimeout(timer);
    const greetingAudio = greeted ? undefined : preparedGreeting?.then((audio) => audio?.cancel());
    const released = [microphone.close(), ears.close(), mouth.close(), model.aclose(), greetingAudio];
    await withLimit(Promise.allSettled(released), RELEASE_LIMIT_MS);
    closed = true;
  }

  return {
    speech: output,
    message: typed.message,
    attach(next, playoutDelayMs) {
      if (closing) return;
      if (line && line !== next) leaveLine();
      line = next;
      playoutDelay = playoutDelayMs;
      pipe.wake();
      next.onMicrophone((samples) => microphone.hear(samples));
      if (session.output.audio !== output) session.output.audio = output;
      next.play(output);
      silence.activity();
      settle();
      if (greeted || greeting === undefined) return;
      greeted = true;
      void preparedGreeting?.then((audio) => say(greeting, { origin: 'greeting', ...(audio ? { audio } : {}) })).catch(() => {});
    },
    async detach() {
      if (!line || closing) return;
      const cut = replies.interruptAll();
      session.output.audio = null;
      leaveLine();
      microphone.hush();
      pipe.rest();
      settle();
      await cut.catch(() => {});
    },
    interrupt() {
      const active = replies.active().filter((reply) => farewell?.reply !== reply || reply.origin?.type === 'notice');
      for (const reply of active) reply.interrupt();
      return active.length > 0;
    },
    played: replies.played,
    close() {
      closing ??= close();
      return closing;
    },
  };
}

interface SayOptions {
  origin?: 'notice' | 'greeting';
  /** Its sound, where it has been made already. */
  audio?: ReadableStream<AudioFrame>;
}
