import { Alert, Button, Center, Loader, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconCamera } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { avatarTexts as texts } from '../../texts/avatars.ts';
import classes from './add-avatar.module.css';
import { jpegOf } from './picture-file.ts';

const COUNTDOWN_SECONDS = 3;

type Camera = { state: 'off' | 'opening' } | { state: 'failed'; problem: string } | { state: 'on'; stream: MediaStream };

/** Takes a photo with the camera of this device, which is on only while this is shown. `openAtOnce`: it was allowed a moment ago. */
export function CameraCapture({ onPhoto, openAtOnce }: { onPhoto: (file: File) => void; openAtOnce: boolean }) {
  const [wanted, setWanted] = useState(openAtOnce ? 1 : 0);
  const camera = useCamera(wanted);
  const video = useRef<HTMLVideoElement>(null);
  const [secondsLeft, setSecondsLeft] = useState<number>();
  const stream = camera.state === 'on' ? camera.stream : undefined;

  useEffect(() => {
    if (video.current && stream) video.current.srcObject = stream;
  }, [stream]);

  useEffect(() => {
    if (secondsLeft === undefined) return;
    if (secondsLeft > 0) {
      const timer = setTimeout(() => setSecondsLeft(secondsLeft - 1), 1_000);
      return () => clearTimeout(timer);
    }
    setSecondsLeft(undefined);
    if (video.current) void photoOf(video.current).then(onPhoto);
  }, [secondsLeft, onPhoto]);

  if (camera.state === 'failed') {
    return (
      <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden />} role="alert">
        <Stack gap="sm" align="flex-start">
          <Text size="sm">{camera.problem}</Text>
          <Button size="xs" variant="default" onClick={() => setWanted(wanted + 1)}>
            {texts.tryAgain}
          </Button>
        </Stack>
      </Alert>
    );
  }
  if (camera.state !== 'on') {
    return (
      <Center className={classes.camera ?? ''}>
        <Stack align="center" ta="center" p="md">
          <Text size="sm" c="dimmed" maw={420}>
            {camera.state === 'opening' ? texts.cameraOpening : texts.cameraHint}
          </Text>
          {camera.state === 'opening' ? (
            <Loader type="dots" aria-hidden />
          ) : (
            <Button leftSection={<IconCamera size={18} aria-hidden />} onClick={() => setWanted(wanted + 1)}>
              {texts.cameraStart}
            </Button>
          )}
        </Stack>
      </Center>
    );
  }
  return (
    <Stack gap="sm">
      <div className={classes.camera}>
        <video ref={video} autoPlay playsInline muted className={classes.mirror} aria-label={texts.cameraPicture} />
        {secondsLeft !== undefined && secondsLeft > 0 && (
          <div className={classes.countdown} role="status" aria-label={texts.countdown(secondsLeft)}>
            {secondsLeft}
          </div>
        )}
      </div>
      <Text size="sm" c="dimmed">
        {texts.cameraHint}
      </Text>
      <Button
        leftSection={<IconCamera size={18} aria-hidden />}
        disabled={secondsLeft !== undefined}
        onClick={() => setSecondsLeft(COUNTDOWN_SECONDS)}
      >
        {secondsLeft === undefined ? texts.takePhoto : texts.countdown(secondsLeft)}
      </Button>
    </Stack>
  );
}

/** The camera, on from the first time that it is wanted (1, 2, … for each attempt) until the component goes. */
function useCamera(wanted: number): Camera {
  const [camera, setCamera] = useState<Camera>({ state: 'off' });
  useEffect(() => {
    if (wanted === 0) return;
    let gone = false;
    let opened: MediaStream | undefined;
    const close = (stream: MediaStream | undefined) => {
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
    // Browsers hide the camera from pages that came over a line that others can read.
    if (!navigator.mediaDevices) {
      setCamera({ state: 'failed', problem: texts.cameraInsecure });
      return;
    }
    setCamera({ state: 'opening' });
    navigator.mediaDevices
      .getUserMedia({ video: { facingMode: 'user', width: { ideal: 1280 }, height: { ideal: 960 } } })
      .then((stream) => {
        if (gone) return close(stream);
        opened = stream;
        setCamera({ state: 'on', stream });
        // Unplugged, or the permission was taken back.
        stream.getVideoTracks()[0]?.addEventListener('ended', () => setCamera({ state: 'failed', problem: texts.cameraBusy }));
      })
      .catch((error: unknown) => !gone && setCamera({ state: 'failed', problem: problemOf(error) }));
    return () => {
      gone = true;
      close(opened);
    };
  }, [wanted]);
  return camera;
}

function problemOf(error: unknown): string {
  switch ((error as DOMException).name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return texts.cameraRefused;
    case 'NotFoundError':
    case 'OverconstrainedError':
      return texts.cameraMissing;
    default:
      return texts.cameraBusy;
  }
}

/** What the camera sees now; not mirrored, as others see the person. */
async function photoOf(video: HTMLVideoElement): Promise<File> {
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  return jpegOf(canvas, 'camera');
}
