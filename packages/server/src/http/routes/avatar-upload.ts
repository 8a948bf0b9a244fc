import { createHash } from 'node:crypto';
import multipart from '@fastify/multipart';
import { UploadAvatar, UploadedAvatar } from '@visavis/protocol';
import type { FastifyRequest } from 'fastify';
import { createAvatarOfImage } from '../../core/avatars/manage-avatars.ts';
import { AppError } from '../../core/errors.ts';
import { callerOf } from '../access.ts';
import type { Api, App } from '../api.ts';
import { type Answer, hashBody } from '../idempotency.ts';
import { readForm } from '../multipart.ts';
import { answers } from '../openapi.ts';
import { presentUploadedAvatar } from '../present/avatar.ts';

/** The upload of a portrait: the only route that takes a form. */
export async function avatarUploadRoutes(api: Api): Promise<void> {
  await api.app.register(async (scope) => {
    await scope.register(multipart);
    uploadRoute({ ...api, app: scope as unknown as App });
  });
}

function uploadRoute({ app, images, faceBuilding, now, publicUrl, createOnce }: Api): void {
  app.post(
    '/avatars/upload',
    {
      config: { access: { scope: 'avatars' } },
      preValidation: formAsBody,
      schema: {
        tags: ['Avatars'],
        operationId: 'uploadAvatar',
        summary: 'Create an avatar from an image',
        consumes: ['multipart/form-data'],
        body: UploadAvatar,
        response: answers({ 201: UploadedAvatar }),
      },
    },
    async (request, reply) => {
      const { user } = callerOf(request);
      const { file, name, voice_id, consent, take_largest } = request.body;
      const bytes = Buffer.from(await file.arrayBuffer());
      const bodyHash = hashBody({
        name,
        voice_id,
        consent,
        take_largest,
        file: createHash('sha256').update(bytes).digest('base64url'),
      });
      // The image first: a row never points to a file that is not there.
      const image = await images.save(bytes);
      let made: Answer | undefined;
      const answer = await createOnce(
        request,
        user.id,
        async (stores) => {
          const avatar = await createAvatarOfImage({ stores, now }, user.id, {
            name,
            voiceId: voice_id ?? null,
            consent: isSet(consent),
            takeLargest: isSet(take_largest),
            imageKey: image.key,
          });
          made = { status: 201, body: presentUploadedAvatar(avatar, publicUrl) };
          return made;
        },
        { bodyHash },
      ).catch(async (error: unknown) => {
        await images.delete(image.key).catch(() => undefined);
        throw error;
      });
      // The kept answer of an earlier request is about that request's image.
      if (answer !== made) await images.delete(image.key).catch(() => undefined);
      faceBuilding.wake();
      return reply.code(answer.status as 201).send(answer.body as never);
    },
  );
}

const isSet = (field: string | undefined) => field === '1' || field === 'true';

/** Puts the form where the schema looks for it. */
async function formAsBody(request: FastifyRequest): Promise<void> {
  const { file, fields } = await readForm(request, 'file');
  if (!file || file.length === 0) throw new AppError('no-file-uploaded', undefined, { details: { file: 'is required' } });
  if (!fields.name?.trim()) throw new AppError('name-required', undefined, { details: { name: 'is required' } });
  const { voice_id, ...others } = fields;
  // An empty field of a form is a field that was not filled in.
  request.body = { ...others, ...(voice_id?.trim() && { voice_id }), file: new File([file as Uint8Array<ArrayBuffer>], 'file') };
}
