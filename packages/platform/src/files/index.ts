export { answerWithFile } from './answer-with-file.ts';
export { type CleanImage, cleanImage, squaresOf } from './clean-image.ts';
export { createDownloadDoor, type DownloadDoor } from './downloads.ts';
export { createFileSigner, type FileSigner } from './file-signer.ts';
export { isImage, isWholePdf, type MediaType, sniffMediaType } from './media-type.ts';
export {
  collectUploads,
  createUploadDoor,
  UPLOAD_MS,
  type UploadAddress,
  type UploadDoor,
} from './uploads.ts';
