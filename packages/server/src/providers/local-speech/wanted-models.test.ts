import { describe, expect, it } from 'vitest';
import { defaultSet, loadCatalogue } from '../models/catalogue.ts';
import { wantedSpeechModels } from './wanted-models.ts';

const catalogue = loadCatalogue();
const wanted = (stt: string | undefined, tts: string | undefined) => wantedSpeechModels(catalogue, { stt, tts });

describe('the speech models that a server brings', () => {
  it('are the default set where nothing is said', () => {
    expect(['qwen2.5-coder-0.5b-instruct-q4_k_m-tied', ...wanted(undefined, undefined)]).toEqual(defaultSet(catalogue));
  });

  it('are those of the chosen recogniser and voice', () => {
    expect(wanted('whisper-base', 'samuel')).toEqual([
      'silero-vad-v6',
      'whisper-base',
      'english-pronunciation',
      'piper-en-us-joe-medium',
    ]);
  });

  it('are none for what is not wanted', () => {
    expect(wanted('none', 'none')).toEqual([]);
    expect(wanted('none', 'flite-slt')).toEqual([]);
    expect(wanted('whisper-base', 'dora')).toEqual(['silero-vad-v6', 'whisper-base', 'kokoro-82m-int8', 'kokoro-voices-es']);
    expect(wanted(undefined, 'none')).toEqual(['silero-vad-v6', 'moonshine-tiny-en']);
  });

  it('must be known', () => {
    expect(() => wanted('moonshine', undefined)).toThrow(
      /VISAVIS_STT: there is no model local\/moonshine; there are local\/moonshine-tiny-en/,
    );
    expect(() => wanted('qwen2.5-coder-0.5b-instruct-q4_k_m-tied', undefined)).toThrow(/VISAVIS_STT/);
    expect(() => wanted(undefined, 'bob')).toThrow(
      /VISAVIS_TTS: there is no voice local\/bob; there are local\/samuel, local\/clara/,
    );
  });
});
