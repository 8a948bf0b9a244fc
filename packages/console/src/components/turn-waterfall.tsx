import { Group, Text, Tooltip } from '@mantine/core';
import { answeredAfterMs, type StageName, stagesOf } from '@visavis/client/live';
import type { TurnLatency } from '@visavis/protocol';
import { language } from '../texts/catalogue.ts';
import { turnTexts as texts } from '../texts/turns.ts';
import classes from './turn-waterfall.module.css';

interface TurnWaterfallProps {
  latency: TurnLatency;
  /** The time that the whole width stands for, in ms, so that several turns can be compared; default: this turn's last stage. */
  scaleMs?: number;
  /** What the times count from: the user's last sound, or the message's arrival. Default: told by the stages. */
  since?: 'speech' | 'message';
}

/** When each stage of a turn was reached, as bars under one another, with the figures beside them. */
export function TurnWaterfall({ latency, scaleMs, since }: TurnWaterfallProps) {
  const stages = stagesOf(latency);
  const answered = answeredAfterMs(latency);
  const scale = Math.max(1, scaleMs ?? stages.at(-1)?.toMs ?? 1);
  if (stages.length === 0 || answered === undefined) {
    return (
      <Text size="sm" c="dimmed">
        {texts.none}
      </Text>
    );
  }
  const spoken = (since ?? (latency.turn_end === undefined ? 'message' : 'speech')) === 'speech';
  return (
    <div>
      <Group gap={6} mb={6} justify="space-between" align="baseline">
        <Text size="sm" fw={600}>
          {texts.answered(inSeconds(answered))}
          {latency.total !== undefined && (
            <Text span size="sm" c="dimmed" fw={400}>
              {`, ${texts.whole(inSeconds(latency.total))}`}
            </Text>
          )}
        </Text>
        <Text size="xs" c="dimmed">
          {spoken ? texts.sinceSpeech : texts.sinceMessage}
        </Text>
      </Group>
      <ol className={classes.stages} aria-label={texts.label}>
        {stages.map(({ stage, fromMs, toMs }) => (
          <Tooltip key={stage} label={texts.explanations[stage]} openDelay={400} multiline maw={260}>
            <li className={classes.stage}>
              <span className={classes.name}>{texts.stages[stage]}</span>
              <span className={classes.track} aria-hidden>
                <span
                  className={classes.bar}
                  data-part={partOf(stage)}
                  style={{ left: share(fromMs, scale), width: share(Math.max(toMs - fromMs, scale * 0.006), scale) }}
                />
              </span>
              <span className={classes.time}>{texts.milliseconds(Math.round(toMs).toLocaleString(language))}</span>
            </li>
          </Tooltip>
        ))}
      </ol>
    </div>
  );
}

/** Which part of the system the time of a stage was spent in. */
function partOf(stage: StageName): 'listening' | 'thinking' | 'speaking' {
  if (stage === 'first_token') return 'thinking';
  return stage.startsWith('first_audio') ? 'speaking' : 'listening';
}

const share = (ms: number, scale: number) => `${Math.min(100, (ms / scale) * 100)}%`;

function inSeconds(ms: number): string {
  return texts.seconds((ms / 1000).toLocaleString(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 }));
}
