import type { Transcription as TranscriptionAnswer } from '@visavis/protocol';
import type { z } from 'zod';
import type { TimedWord, TimeSpan, Transcription } from '../../core/speech/speech.ts';

/** The answer in JSON, or as a text of the format's own. */
export type PresentedTranscription = z.output<typeof TranscriptionAnswer> | { type: string; text: string };

type Granularity = 'word' | 'segment';

export function presentTranscription(
  transcription: Transcription,
  format: 'json' | 'text' | 'srt' | 'verbose_json' | 'vtt',
  granularities: readonly Granularity[] = ['segment'],
): PresentedTranscription {
  const { text, language, durationSeconds, segments } = transcription;
  switch (format) {
    case 'json':
      return { success: true, text };
    case 'text':
      return { type: 'text/plain; charset=utf-8', text: `${text}\n` };
    case 'srt':
      return { type: 'application/x-subrip; charset=utf-8', text: segments.map(srtCue).join('\n') };
    case 'vtt':
      return { type: 'text/vtt; charset=utf-8', text: ['WEBVTT\n', ...segments.map(vttCue)].join('\n') };
    case 'verbose_json': {
      const words = segments.flatMap((segment) => segment.words ?? []);
      const known = segments.length === 0 || segments.some((segment) => segment.words);
      return {
        success: true,
        task: 'transcribe',
        language,
        duration: seconds(durationSeconds),
        text,
        ...(granularities.includes('segment') && {
          segments: segments.map((one, id) => ({ id, ...spanOf(one), text: one.text })),
        }),
        ...(granularities.includes('word') && known && { words: words.map(presentWord) }),
      };
    }
  }
}

export function presentWord(word: TimedWord) {
  return { word: word.text, ...spanOf(word) };
}

export function spanOf({ start, end }: TimeSpan): TimeSpan {
  return { start: seconds(start), end: seconds(end) };
}

/** To the millisecond. */
function seconds(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

function srtCue(segment: TimeSpan & { text: string }, index: number): string {
  return `${index + 1}\n${clock(segment.start, ',')} --> ${clock(segment.end, ',')}\n${oneLine(segment.text)}\n`;
}

function vttCue(segment: TimeSpan & { text: string }): string {
  return `${clock(segment.start, '.')} --> ${clock(segment.end, '.')}\n${escapeCue(oneLine(segment.text))}\n`;
}

/** `01:02:03.004` */
function clock(time: number, point: string): string {
  const milliseconds = Math.round(time * 1_000);
  const part = (unit: number, of: number, digits: number) => String(Math.floor(milliseconds / unit) % of).padStart(digits, '0');
  return `${part(3_600_000, 1_000, 2)}:${part(60_000, 60, 2)}:${part(1_000, 60, 2)}${point}${part(1, 1_000, 3)}`;
}

/** An empty line would end the cue. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** Cue text is markup in WebVTT. */
function escapeCue(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
