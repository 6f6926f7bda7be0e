import assert from 'node:assert/strict'
import { test } from 'node:test'
import { column as c, Model } from 'offloop/record'
import { column, databaseWith, onDatabases } from './fixtures.ts'

class Vehicle extends Model('vehicles', {
  id: c.integer().primaryKey(),
  type: c.text().nullable(),
  name: c.text(),
  doors: c.integer().nullable(),
  garageId: c.integer().nullable(),
}) {
  static {
    this.inheritsBy('type', () => [Car, Van, Truck])
  }
  garage = this.belongsTo(() => Garage)
  kind(): string {
    return 'vehicle'
  }
}
class Car extends Vehicle {
  wheels = this.hasMany(() => Wheel, { foreignKey: 'carId' })
  override kind(): string {
    return 'car'
  }
}
class Van extends Car {}
class Truck extends Vehicle {}
class Stray extends Vehicle {}
class Garage extends Model('garages', { id: c.integer().primaryKey() }) {
  vehicles = this.hasMany(() => Vehicle)
  cars = this.hasMany(() => Car, { foreignKey: 'garageId' })
}
class Wheel extends Model('wheels', { id: c.integer().primaryKey(), carId: c.integer() }) {
  car = this.belongsTo(() => Car)
}

const tables = [
  'CREATE TABLE vehicles (id INTEGER PRIMARY KEY, type TEXT, name TEXT NOT NULL, doors INTEGER, garageId INTEGER)',
  'CREATE TABLE garages (id INTEGER PRIMARY KEY)',
  'CREATE TABLE wheels (id INTEGER PRIMARY KEY, carId INTEGER)',
]
const models = [Vehicle, Garage, Wheel]

onDatabases(() => {
  test('SQO-214 rows of one table are records of their classes, and each class reads its own', async (t) => {
    const pool = await databaseWith(t, tables, models)
    for (const [model, name] of [
      [Vehicle, 'v'],
      [Car, 'c'],
      [Van, 'n'],
      [Truck, 't'],
    ] as const)
      await model.create({ name })
    assert.deepEqual(await column(pool, 'vehicles', 'type'), [null, 'Car', 'Van', 'Truck'])
    const all: Vehicle[] = await Vehicle.all().orderBy('id')
    assert.deepEqual(
      all.map((vehicle) => vehicle.constructor),
      [Vehicle, Car, Van, Truck],
    )
    assert.deepEqual(
      all.map((vehicle) => vehicle.kind()),
      ['vehicle', 'car', 'car', 'vehicle'],
    )
    const cars: Car[] = await Car.all().orderBy('id')
    assert.deepEqual(
      cars.map((car) => [car.constructor, car.name]),
      [
        [Car, 'c'],
        [Van, 'n'],
      ],
    )
    assert.equal(await Truck.all().count(), 1)
    assert.equal(await Car.find(4), null)
    assert.ok((await Vehicle.find(4)) instanceof Truck)
    assert.equal(await Car.all().deleteAll(), 2)
    assert.equal(await Vehicle.all().count(), 2)
    assert.equal(new Van({ name: 'x' }).type, 'Van')
    await assert.rejects(async () => await Stray.all(), {
      code: 'INVALID_MODEL',
      message: /Stray shares the table of Vehicle/,
    })
    await pool.runOperation("UPDATE vehicles SET type = 'Boat' WHERE id = 1")
    await assert.rejects(Vehicle.find(1), {
      code: 'INVALID_MODEL',
      message: /the type "Boat", and Vehicle knows Car, Van, Truck/,
    })
  })

  test('SQO-215 relations lead to classes that share a table, and from them', async (t) => {
    await databaseWith(t, tables, models)
    const garage = await Garage.create({})
    const car = await Car.create({ name: 'c', garageId: garage.id })
    const truck = await Truck.create({ name: 't' })
    await garage.vehicles.add(truck)
    const made = await garage.cars.create({ name: 'made' })
    assert.ok(made instanceof Car)
    await car.wheels.create({})
    assert.deepEqual(
      (await garage.vehicles.get()).map((vehicle) => vehicle.constructor),
      [Car, Truck, Car],
    )
    assert.equal(await garage.cars.count(), 2)
    await assert.rejects(garage.cars.add(truck as never), {
      code: 'WRONG_RECORD',
      message: /records of Car, not a record of Truck/,
    })
    const [wheel] = await Wheel.all().include({ car: 'garage' })
    assert.equal(wheel?.car.value?.garage.value?.id, garage.id)
    const vehicles = await Vehicle.all().include('garage').orderBy('id')
    assert.ok(vehicles.every((vehicle) => vehicle.garage.value?.id === garage.id))
    assert.equal((await Car.where({ name: 'c' }).include('wheels', 'garage'))[0]?.wheels.value.length, 1)
  })

  class Shape extends Model('shapes', { id: c.integer().primaryKey(), kind: c.text() }) {
    static {
      this.inheritsBy('kind', () => ({ round: Circle, any: Shape }))
    }
  }
  class Circle extends Shape {}

  test('classes may have words of their own, and other classes are refused', async (t) => {
    const pool = await databaseWith(t, ['CREATE TABLE shapes (id INTEGER PRIMARY KEY, kind TEXT NOT NULL)'], [Shape])
    await Circle.create({ kind: undefined as never })
    await new Shape({}).save()
    await Circle.insertMany([{} as never])
    assert.deepEqual(await column(pool, 'shapes', 'kind'), ['round', 'any', 'round'])
    assert.equal(await Circle.all().count(), 2)
    assert.ok((await Circle.on(pool).all().orderBy('id'))[0] instanceof Circle)
    class Wrong extends Model('shapes', { id: c.integer().primaryKey(), kind: c.text() }) {
      static {
        this.inheritsBy('kind', () => [Circle])
      }
    }
    assert.throws(() => new Wrong({}), { code: 'INVALID_MODEL', message: /Circle does not extend Wrong/ })
    // @ts-expect-error no such attribute
    assert.throws(() => Shape.inheritsBy('nope', 3), { code: 'INVALID_MODEL' })
  })
})
