/** Detailed state (세부상태) of the inspection record. A field left out means the car has no such part. */
import { z } from 'zod';
import { choice, field } from '../fields.ts';

const shown = { public: true } as const;

const goodOrBad = (ko: string, en: string) =>
  choice({ good: ['양호', 'Good'], bad: ['불량', 'Bad'] }, ko, en, shown);
const oilLeak = (ko: string, en: string) =>
  choice({ none: ['없음', 'None'], trace: ['미세누유', 'Trace'], leak: ['누유', 'Leak'] }, ko, en, shown);
const coolantLeak = (ko: string, en: string) =>
  choice({ none: ['없음', 'None'], trace: ['미세누수', 'Trace'], leak: ['누수', 'Leak'] }, ko, en, shown);
const level = (ko: string, en: string) =>
  choice({ right: ['적정', 'Right'], low: ['부족', 'Low'] }, ko, en, shown);
const gearOil = (ko: string, en: string) =>
  choice({ right: ['적정', 'Right'], low: ['부족', 'Low'], excess: ['과다', 'Too much'] }, ko, en, shown);
const group = <Shape extends z.ZodRawShape>(shape: Shape, ko: string, en: string) =>
  field(z.strictObject(shape), ko, en, shown);

export const condition = z.strictObject({
  selfDiagnosis: group(
    {
      engine: goodOrBad('원동기', 'Engine').optional(),
      gearbox: goodOrBad('변속기', 'Gearbox').optional(),
    },
    '자기진단',
    'Self-diagnosis',
  ).optional(),
  engine: group(
    {
      idle: goodOrBad('작동상태(공회전)', 'Idle running'),
      cylinderCoverOilLeak: oilLeak('오일누유: 실린더 커버(로커암 커버)', 'Oil leak: cylinder cover'),
      cylinderHeadOilLeak: oilLeak('오일누유: 실린더 헤드/개스킷', 'Oil leak: cylinder head, gasket'),
      cylinderBlockOilLeak: oilLeak('오일누유: 실린더 블록/오일팬', 'Oil leak: cylinder block, oil pan'),
      oilLevel: level('오일 유량', 'Oil level'),
      cylinderHeadCoolantLeak: coolantLeak(
        '냉각수누수: 실린더 헤드/개스킷',
        'Coolant leak: cylinder head, gasket',
      ),
      waterPumpCoolantLeak: coolantLeak('냉각수누수: 워터펌프', 'Coolant leak: water pump'),
      radiatorCoolantLeak: coolantLeak('냉각수누수: 라디에이터', 'Coolant leak: radiator'),
      coolantLevel: level('냉각수 수량', 'Coolant level'),
      commonRail: goodOrBad('커먼레일', 'Common rail').optional(),
    },
    '원동기',
    'Engine',
  ).optional(),
  automaticGearbox: group(
    {
      oilLeak: oilLeak('오일누유', 'Oil leak'),
      oilLevel: gearOil('오일유량 및 상태', 'Oil level and state'),
      idle: goodOrBad('작동상태(공회전)', 'Idle running'),
    },
    '자동변속기(A/T)',
    'Automatic gearbox',
  ).optional(),
  manualGearbox: group(
    {
      oilLeak: oilLeak('오일누유', 'Oil leak'),
      shift: goodOrBad('기어변속장치', 'Shift mechanism'),
      oilLevel: gearOil('오일유량 및 상태', 'Oil level and state'),
      idle: goodOrBad('작동상태(공회전)', 'Idle running'),
    },
    '수동변속기(M/T)',
    'Manual gearbox',
  ).optional(),
  drive: group(
    {
      clutch: goodOrBad('클러치 어셈블리', 'Clutch').optional(),
      cvJoint: goodOrBad('등속조인트', 'Constant-velocity joint').optional(),
      propellerShaft: goodOrBad('추진축 및 베어링', 'Propeller shaft and bearing').optional(),
      differential: goodOrBad('디퍼렌셜 기어', 'Differential').optional(),
    },
    '동력전달',
    'Drive',
  ),
  steering: group(
    {
      fluidLeak: oilLeak('동력조향 작동 오일 누유', 'Power steering fluid leak').optional(),
      pump: goodOrBad('스티어링 펌프', 'Steering pump').optional(),
      gear: goodOrBad('스티어링 기어(MDPS 포함)', 'Steering gear, also electric'),
      joint: goodOrBad('스티어링 조인트', 'Steering joint'),
      pressureHose: goodOrBad('파워고압호스', 'Pressure hose').optional(),
      tieRod: goodOrBad('타이로드엔드 및 볼 조인트', 'Tie rod end and ball joint'),
    },
    '조향',
    'Steering',
  ),
  brakes: group(
    {
      masterCylinderLeak: oilLeak('브레이크 마스터 실린더 오일 누유', 'Master cylinder leak'),
      fluidLeak: oilLeak('브레이크 오일 누유', 'Brake fluid leak'),
      booster: goodOrBad('배력장치 상태', 'Brake booster'),
    },
    '제동',
    'Brakes',
  ),
  electrics: group(
    {
      alternator: goodOrBad('발전기 출력', 'Alternator output').optional(),
      starter: goodOrBad('시동 모터', 'Starter').optional(),
      wiper: goodOrBad('와이퍼 모터 기능', 'Wiper motor'),
      blower: goodOrBad('실내송풍 모터', 'Blower motor'),
      radiatorFan: goodOrBad('라디에이터 팬 모터', 'Radiator fan motor').optional(),
      windowMotors: goodOrBad('윈도우 모터', 'Window motors'),
    },
    '전기',
    'Electrics',
  ),
  highVoltage: group(
    {
      chargingPort: goodOrBad('충전구 절연 상태', 'Charging port insulation').optional(),
      battery: goodOrBad('구동축전지 격리 상태', 'Drive battery isolation'),
      wiring: goodOrBad('고전원전기배선 상태', 'High-voltage wiring'),
    },
    '고전원 전기장치',
    'High voltage',
  ).optional(),
  fuelLeak: choice(
    { none: ['없음', 'None'], present: ['있음', 'Present'] },
    '연료누출(LP가스 포함)',
    'Fuel leak, also LPG',
    shown,
  ).optional(),
});
