import { Page } from '../../layout/page.tsx';

export function AvatarsPage() {
  return <Page title="Avatars">{null}</Page>;
}
