import { Page } from '../../layout/page.tsx';

export function TalkPage() {
  return <Page title="Talk">{null}</Page>;
}
