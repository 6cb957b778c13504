import Foundation
import PushSender
import PushStorage
import Testing

@testable import PushServer

@Suite struct CapabilityCheckTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)
    private let file = FileManager.default.temporaryDirectory.appending(path: "herald-\(UUID().uuidString).sqlite")
    private let database: OpenDatabase
    private let store: SQLRelayStore
    private let device: DeviceID

    init() async throws {
        database = try OpenDatabase(sqlite: file)
        store = SQLRelayStore(database)
        var random = SystemRandomNumberGenerator()
        device = DeviceID(now: Self.now, random: &random)
        try await register()
    }

    private func register() async throws {
        _ = try await SQLDeviceStore(database).register(
            DeviceRegistration(id: device, app: .default, provider: .fcm, token: Token(address: "t")), newID: device, now: Self.now)
    }

    private func capability(_ number: Int) -> RelayCapability {
        RelayCapability(app: .default, device: device, number: number, wake: .alert)
    }

    @Test func whatHasEndedCostsALookUpOnce() async throws {
        let check = CapabilityCheck(store, capacity: 10)
        _ = try await store.open(device, app: .default, number: 1)
        #expect(try await check.device(of: capability(1))?.provider == .fcm)
        #expect(try await store.revoke(device, app: .default))
        #expect(try await check.device(of: capability(1)) == nil)
        // No number is given twice; here it shows that nobody looks.
        _ = try await store.open(device, app: .default, number: 1)
        #expect(try await check.device(of: capability(1)) == nil)
        #expect(try await CapabilityCheck(store, capacity: 10).device(of: capability(1)) != nil)
        database.close()
        try FileManager.default.removeItem(at: file)
    }

    @Test func theNextNumberOfADeviceWhoseLastHasEndedWorks() async throws {
        let check = CapabilityCheck(store, capacity: 10)
        #expect(try await check.device(of: capability(1)) == nil)
        _ = try await store.open(device, app: .default, number: 2)
        #expect(try await check.device(of: capability(2)) != nil)
        database.close()
        try FileManager.default.removeItem(at: file)
    }

    @Test func aDeviceThatIsDisabledMayComeBack() async throws {
        let check = CapabilityCheck(store, capacity: 10), devices = SQLDeviceStore(database)
        _ = try await store.open(device, app: .default, number: 1)
        try await devices.learn(dead: [.init(device: device, asOf: Self.now)], moved: [], app: .default, now: Self.now)
        #expect(try await check.device(of: capability(1)) == nil)
        try await register()
        #expect(try await check.device(of: capability(1)) != nil)
        database.close()
        try FileManager.default.removeItem(at: file)
    }
}
