import {
  ActionIcon,
  AppShell,
  Avatar,
  Burger,
  Group,
  Menu,
  NavLink,
  ScrollArea,
  Text,
  Tooltip,
  useComputedColorScheme,
  useMantineColorScheme,
  VisuallyHidden,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import {
  IconActivity,
  IconApi,
  IconChartBar,
  IconCode,
  IconCpu,
  IconHome,
  IconKey,
  IconLogout,
  IconMessages,
  IconMoodSmile,
  IconMoon,
  IconPlugConnected,
  type IconProps,
  IconRobotFace,
  IconSun,
  IconUserCircle,
  IconUsers,
  IconWorldShare,
} from '@tabler/icons-react';
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { type ComponentType, useEffect } from 'react';
import { type SignedInUser, signOut } from '../sign-in/session.ts';
import { shellTexts as texts } from '../texts/shell.ts';
import classes from './shell.module.css';

interface Entry {
  to: string;
  label: string;
  icon: ComponentType<IconProps>;
  administratorsOnly?: boolean;
}

const MAIN: Entry[] = [
  { to: '/', label: texts.home, icon: IconHome },
  { to: '/agents', label: texts.agents, icon: IconRobotFace },
  { to: '/avatars', label: texts.avatars, icon: IconMoodSmile },
  { to: '/sessions', label: texts.sessions, icon: IconMessages },
  { to: '/usage', label: texts.usage, icon: IconChartBar },
  { to: '/embeds', label: texts.embeds, icon: IconWorldShare },
  { to: '/developers', label: texts.developers, icon: IconCode },
];
const SETTINGS: Entry[] = [
  { to: '/settings/keys', label: texts.keys, icon: IconKey },
  { to: '/settings/providers', label: texts.providers, icon: IconPlugConnected },
  { to: '/settings/models', label: texts.models, icon: IconCpu },
  { to: '/settings/users', label: texts.users, icon: IconUsers, administratorsOnly: true },
];

/** The frame around all pages: where one can go, and who is signed in. */
export function Shell({ user }: { user: SignedInUser }) {
  const [opened, { toggle, close }] = useDisclosure(false);
  const path = useRouterState({ select: ({ location }) => location.pathname });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page closes the menu of small screens
  useEffect(close, [path]);
  const entries = (list: Entry[]) =>
    list
      .filter(({ administratorsOnly }) => !administratorsOnly || user.role === 'administrator')
      .map(({ to, label, icon: Icon }) => {
        const active = to === '/' ? path === '/' : path === to || path.startsWith(`${to}/`);
        return (
          <NavLink
            key={to}
            component={Link}
            to={to}
            label={label}
            active={active}
            aria-current={active ? 'page' : undefined}
            leftSection={<Icon size={20} stroke={1.6} aria-hidden />}
            className={classes.link ?? ''}
          />
        );
      });

  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 232, breakpoint: 'md', collapsed: { mobile: !opened } }}
      padding={{ base: 'md', md: 'xl' }}
    >
      <a href="#content" className={classes.skip}>
        {texts.skipToContent}
      </a>
      <AppShell.Header className={classes.header ?? ''}>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              opened={opened}
              onClick={toggle}
              hiddenFrom="md"
              size="sm"
              aria-label={opened ? texts.closeMenu : texts.openMenu}
              aria-expanded={opened}
            />
            <Link to="/" className={classes.brand}>
              <img src="/icon.svg" width={28} height={28} alt="" />
              <Text span fw={700} fz="lg">
                {texts.product}
              </Text>
            </Link>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <ColourScheme />
            <UserMenu user={user} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" className={classes.navbar ?? ''} aria-label={texts.navigation}>
        <AppShell.Section grow component={ScrollArea}>
          {entries(MAIN)}
          <Text size="xs" fw={650} c="dimmed" px="sm" pt="lg" pb={6}>
            {texts.settings}
          </Text>
          {entries(SETTINGS)}
        </AppShell.Section>
        <AppShell.Section>
          <NavLink
            component="a"
            href="/docs"
            label={texts.apiReference}
            leftSection={<IconApi size={20} stroke={1.6} aria-hidden />}
            className={classes.link ?? ''}
          />
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} className={classes.main ?? ''}>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}

function ColourScheme() {
  const { setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme('light') === 'dark';
  const label = isDark ? texts.lightMode : texts.darkMode;
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={label}
        onClick={() => setColorScheme(isDark ? 'light' : 'dark')}
      >
        {isDark ? <IconSun size={20} aria-hidden /> : <IconMoon size={20} aria-hidden />}
      </ActionIcon>
    </Tooltip>
  );
}

function UserMenu({ user }: { user: SignedInUser }) {
  const navigate = useNavigate();
  const name = user.name || user.email || '';
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon variant="subtle" radius="xl" size="lg">
          <Avatar name={name} color="iris" size={30} alt="" />
          <VisuallyHidden>{texts.userMenu(name)}</VisuallyHidden>
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{user.email}</Menu.Label>
        <Menu.Item
          leftSection={<IconUserCircle size={18} aria-hidden />}
          onClick={() => void navigate({ to: '/settings/account' })}
        >
          {texts.account}
        </Menu.Item>
        <Menu.Item leftSection={<IconActivity size={18} aria-hidden />} onClick={() => void navigate({ to: '/usage' })}>
          {texts.usage}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={18} aria-hidden />} onClick={() => void signOut()}>
          {texts.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
