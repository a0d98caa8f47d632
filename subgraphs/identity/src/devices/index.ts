export { deviceKindOf, softwareOf, wellKnownSoftwareOf } from './device-description.ts';
export { createDevices, type Devices, deviceToken } from './devices.ts';
