import Foundation
import PushSender
import Testing

@testable import PushStorage

@Suite struct RelayStoreTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)
    private static let device = DeviceID(rawValue: "01900000-0000-7000-8000-000000000001")

    private func registered(_ database: OpenDatabase) async throws {
        _ = try await SQLDeviceStore(database).register(
            DeviceRegistration(id: Self.device, app: .default, provider: .fcm, token: Token(address: "t")), newID: Self.device, now: Self.now)
    }

    @Test(arguments: TestDatabase.Kind.available)
    func aNumberStaysUntilItIsTakenAway(_ kind: TestDatabase.Kind) async throws {
        let test = try await TestDatabase(kind), store = SQLRelayStore(test.database)
        #expect(try await store.open(Self.device, app: .default, number: 1) == nil)
        try await registered(test.database)
        #expect(try await store.standing(of: Self.device, app: .default)?.number == nil)
        #expect(try await store.open(Self.device, app: .default, number: 1) == 1)
        #expect(try await store.open(Self.device, app: .default, number: 2) == 1)
        try await registered(test.database)
        #expect(try await store.standing(of: Self.device, app: .default) == .init(provider: .fcm, isDisabled: false, number: 1))
        #expect(try await store.revoke(Self.device, app: .default))
        #expect(try await store.standing(of: Self.device, app: .default)?.number == nil)
        #expect(try await store.open(Self.device, app: .default, number: .max) == .max)
    }

    @Test(arguments: TestDatabase.Kind.available)
    func aDeviceThatIsMadeAgainHasNone(_ kind: TestDatabase.Kind) async throws {
        let test = try await TestDatabase(kind), store = SQLRelayStore(test.database)
        try await registered(test.database)
        _ = try await store.open(Self.device, app: .default, number: 1)
        #expect(try await SQLDeviceStore(test.database).remove(Self.device, app: .default))
        #expect(try await store.standing(of: Self.device, app: .default) == nil)
        #expect(try await store.revoke(Self.device, app: .default) == false)
        try await registered(test.database)
        #expect(try await store.standing(of: Self.device, app: .default)?.number == nil)
    }

    @Test(arguments: TestDatabase.Kind.available)
    func anotherAppsDeviceIsNone(_ kind: TestDatabase.Kind) async throws {
        let test = try await TestDatabase(kind), store = SQLRelayStore(test.database), other = AppID(rawValue: 2)
        try await registered(test.database)
        #expect(try await store.open(Self.device, app: other, number: 1) == nil)
        #expect(try await store.standing(of: Self.device, app: other) == nil)
        #expect(try await store.revoke(Self.device, app: other) == false)
    }
}
