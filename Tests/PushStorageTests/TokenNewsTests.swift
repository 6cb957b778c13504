import Foundation
import PushSender
import PushTesting
import Testing

@testable import PushStorage

@Suite struct TokenNewsTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func register(_ address: String, in devices: SQLDeviceStore, at moment: Date) async throws -> DeviceID {
        let registration = DeviceRegistration(app: .default, provider: .fcm, token: Token(address: address))
        return try await devices.register(registration, newID: DeviceID(rawValue: "device of \(address)"), now: moment).device.id
    }

    @Test(arguments: TestDatabase.Kind.available)
    func aDeadTokenDisablesADeviceThatHasNotRegisteredSince(_ kind: TestDatabase.Kind) async throws {
        let test = try await TestDatabase(kind), devices = SQLDeviceStore(test.database)
        let old = try await register("old", in: devices, at: now), new = try await register("new", in: devices, at: now.addingTimeInterval(60))
        let asOf = now.addingTimeInterval(30)
        let dead = [old, new, DeviceID(rawValue: "nobody")].map { PageRecord.Dead(device: $0, asOf: asOf) }
        try await devices.learn(dead: dead, moved: [], app: AppID(rawValue: 2), now: asOf)
        #expect(try await devices.device(old, app: .default)?.disabledAt == nil)
        try await devices.learn(dead: dead, moved: [], app: .default, now: asOf)
        #expect(try await devices.device(old, app: .default)?.disabledAt == asOf)
        #expect(try await devices.device(new, app: .default)?.disabledAt == nil)
        withExtendedLifetime(test) {}
    }

    @Test(arguments: TestDatabase.Kind.available)
    func aBetterTokenIsTakenUnlessItIsAnothersDevice(_ kind: TestDatabase.Kind) async throws {
        let test = try await TestDatabase(kind), devices = SQLDeviceStore(test.database)
        let one = try await register("one", in: devices, at: now), other = try await register("other", in: devices, at: now)
        try await devices.learn(
            dead: [], moved: [.init(device: one, token: Token(address: "better")), .init(device: other, token: Token(address: "better"))],
            app: .default, now: now)
        #expect(try await devices.device(one, app: .default)?.token.address == "better")
        #expect(try await devices.device(other, app: .default)?.token.address == "other")
        withExtendedLifetime(test) {}
    }
}
