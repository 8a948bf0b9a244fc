import { Box, Checkbox, Slider, Stack, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import Cropper from 'react-easy-crop';
import 'react-easy-crop/react-easy-crop.css';
import { avatarTexts as texts } from '../../texts/avatars.ts';
import classes from './add-avatar.module.css';
import type { Part } from './picture-file.ts';

const MOST_ZOOM = 5;

interface PhotoCropProps {
  photo: File;
  /** Undefined: the whole picture. */
  onPart: (part: Part | undefined) => void;
}

/** Chooses the part of a photo that is used, with the mouse, fingers or the keyboard. */
export function PhotoCrop({ photo, onPart }: PhotoCropProps) {
  const address = useAddressOf(photo);
  const [crop, setCrop] = useState({ x: 0, y: 0 });
  const [zoom, setZoom] = useState(1);
  const [whole, setWhole] = useState(false);
  const [part, setPart] = useState<Part>();

  return (
    <Stack gap="xs">
      <Text size="sm" fw={600}>
        {texts.crop}
      </Text>
      <div className={classes.cropper}>
        {address &&
          (whole ? (
            <img src={address} alt="" className={classes.whole} />
          ) : (
            <Cropper
              image={address}
              crop={crop}
              zoom={zoom}
              maxZoom={MOST_ZOOM}
              aspect={1}
              keyboardStep={4}
              // The wheel scrolls the dialog; the slider zooms.
              zoomWithScroll={false}
              onCropChange={setCrop}
              onZoomChange={setZoom}
              onCropComplete={(_, pixels) => {
                setPart(pixels);
                onPart(pixels);
              }}
              disableAutomaticStylesInjection
              cropperProps={{ 'aria-label': texts.cropArea, role: 'group' }}
              mediaProps={{ alt: '' }}
            />
          ))}
      </div>
      <Text size="sm" c="dimmed">
        {texts.cropHint}
      </Text>
      <Box>
        <Text size="sm" fw={500} aria-hidden>
          {texts.zoom}
        </Text>
        <Slider
          thumbLabel={texts.zoom}
          value={zoom}
          onChange={setZoom}
          min={1}
          max={MOST_ZOOM}
          step={0.05}
          label={(value) => `${Math.round(value * 100)} %`}
          disabled={whole}
        />
      </Box>
      <Checkbox
        label={texts.wholePicture}
        checked={whole}
        onChange={({ currentTarget }) => {
          setWhole(currentTarget.checked);
          onPart(currentTarget.checked ? undefined : part);
        }}
      />
    </Stack>
  );
}

/** An address for a file as long as it is shown. */
function useAddressOf(file: File): string | undefined {
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return address;
}
