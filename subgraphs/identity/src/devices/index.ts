export { createDevices, type Devices, deviceToken } from './devices.ts';
