import { Avatar } from '@mantine/core';
import { ownAddress } from '../../components/own-address.ts';

/** The picture of an agent: its avatar's, or its initials. Says nothing to screen readers: its name stands beside it. */
export function AgentPicture({ name, url, size = 56 }: { name: string; url: string | null; size?: number | string }) {
  return (
    <Avatar src={url === null ? null : ownAddress(url)} name={name} color="iris" size={size} radius="md" alt="" aria-hidden />
  );
}
