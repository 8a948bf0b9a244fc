import { Avatar, getContrastColor, useComputedColorScheme, useMantineTheme } from '@mantine/core';
import { IconMessageCircle, IconMicrophone, IconSend, IconVideo } from '@tabler/icons-react';
import type { Embed } from '@visavis/client';
import { embedTexts as texts } from '../../texts/embeds.ts';
import classes from './embeds.module.css';

interface EmbedPreviewProps {
  appearance: Embed['appearance'];
  agentName: string;
  types: Embed['session_types'];
}

/** How an embed's colours and texts look together, drawn while they are chosen. */
export function EmbedPreview({ appearance, agentName, types }: EmbedPreviewProps) {
  const theme = useMantineTheme();
  const system = useComputedColorScheme('light');
  const scheme = appearance.color_scheme === undefined || appearance.color_scheme === 'auto' ? system : appearance.color_scheme;
  const accent = appearance.accent_color ?? '#4b45c6';
  const onAccent = getContrastColor({ color: accent, theme: { ...theme, autoContrast: true }, autoContrast: true });
  const isInline = appearance.position === 'inline';
  const side = appearance.position === 'bottom-left' ? 'flex-start' : 'flex-end';
  return (
    <figure className={classes.preview} data-scheme={scheme} aria-label={texts.previewLabel}>
      <div className={classes.panel} style={{ alignSelf: isInline ? 'stretch' : side, maxWidth: isInline ? 'none' : 300 }}>
        <div className={classes.panelHead} style={{ background: accent, color: onAccent }}>
          {appearance.show_avatar !== false && <Avatar name={agentName} size={30} alt="" aria-hidden />}
          <strong>{appearance.title?.trim() || agentName}</strong>
          {types.includes('agent_voice') && <IconMicrophone size={18} aria-hidden />}
          {types.includes('agent_video') && <IconVideo size={18} aria-hidden />}
        </div>
        <p className={classes.mine} style={{ background: accent, color: onAccent }}>
          {texts.previewUser}
        </p>
        <p className={classes.said}>{texts.previewAgent}</p>
        <div className={classes.entry}>
          {texts.previewInput}
          <IconSend size={16} aria-hidden />
        </div>
      </div>
      {!isInline && (
        <div
          className={classes.launcher}
          style={{ alignSelf: side, flexDirection: side === 'flex-start' ? 'row-reverse' : 'row' }}
        >
          {appearance.greeting?.trim() && <span className={classes.teaser}>{appearance.greeting}</span>}
          <span className={classes.button} style={{ background: accent, color: onAccent }}>
            <IconMessageCircle size={26} aria-hidden />
          </span>
        </div>
      )}
    </figure>
  );
}
