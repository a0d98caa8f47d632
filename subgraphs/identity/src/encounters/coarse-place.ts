import { z } from 'zod';
import type { Encounter } from '../generated/prisma/client.ts';

/** A hundredth of a degree is 1.1 km of latitude, and no more of longitude. */
const HUNDREDTHS = 100;

/** A point on earth becomes the columns it is stored in, which hold nothing finer. */
export const coarsePlace = z
  .object({
    latitude: z.number().min(-90, 'must be at least -90.').max(90, 'must be at most 90.'),
    longitude: z.number().min(-180, 'must be at least -180.').max(180, 'must be at most 180.'),
  })
  .transform(({ latitude, longitude }) => ({
    latitudeHundredths: Math.round(latitude * HUNDREDTHS),
    longitudeHundredths: Math.round(longitude * HUNDREDTHS),
  }));

/** Where an encounter was, in degrees; null when that was not recorded. */
export function placeOf({ latitudeHundredths, longitudeHundredths }: Encounter) {
  if (latitudeHundredths === null || longitudeHundredths === null) return null;
  return {
    latitude: latitudeHundredths / HUNDREDTHS,
    longitude: longitudeHundredths / HUNDREDTHS,
  };
}
