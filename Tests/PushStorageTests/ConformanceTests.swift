import PushStorage
import PushTesting
import Testing

/// The conformance suites on a real SQLite file and in a real PostgreSQL, one after the other: a PostgreSQL has only so many connections.
@Suite(.serialized) struct ConformanceTests {
    @Test(arguments: DeviceSelectionConformance.all, TestDatabase.Kind.available)
    func deviceSelectionsConform(_ guarantee: DeviceSelectionConformance.Guarantee, _ kind: TestDatabase.Kind) async throws {
        let test = try await TestDatabase(kind)
        try await guarantee.check(
            DeviceSelectionConformance(devices: SQLDeviceStore(test.database), users: SQLUserStore(test.database)))
    }

    @Test(arguments: PushStoreConformance.all, TestDatabase.Kind.available)
    func pushStoreConforms(_ guarantee: PushStoreConformance.Guarantee, _ kind: TestDatabase.Kind) async throws {
        let test = try await TestDatabase(kind)
        try await guarantee.check(
            PushStoreConformance(devices: SQLDeviceStore(test.database), pushes: SQLPushStore(test.database)))
    }

    @Test(arguments: MessageStoreConformance.all, TestDatabase.Kind.available)
    func messageStoreConforms(_ guarantee: MessageStoreConformance, _ kind: TestDatabase.Kind) async throws {
        let test = try await TestDatabase(kind)
        try await guarantee.check(SQLMessageStore(test.database))
    }
}
