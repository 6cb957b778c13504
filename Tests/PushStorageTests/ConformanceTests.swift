import Foundation
import PushTesting
import Testing

@testable import PushStorage

/// The conformance suites on a real SQLite file and in a real PostgreSQL, one after the other: a PostgreSQL has only so many connections.
@Suite(.serialized) struct ConformanceTests {
    @Test(arguments: DeviceSelectionConformance.all, TestDatabase.Kind.available)
    func deviceSelectionsConform(_ guarantee: DeviceSelectionConformance.Guarantee, _ kind: TestDatabase.Kind) async throws {
        let test = try await TestDatabase(kind)
        try await guarantee.check(
            DeviceSelectionConformance(devices: SQLDeviceStore(test.database), users: SQLUserStore(test.database)))
    }

    @Test(arguments: RecordStoreConformance.all, TestDatabase.Kind.available)
    func recordStoreConforms(_ guarantee: RecordStoreConformance.Guarantee, _ kind: TestDatabase.Kind) async throws {
        let test = try await TestDatabase(kind), apps = SQLAppStore(test.database)
        try await guarantee.check(
            RecordStoreConformance(records: SQLRecordStore(test.database), devices: SQLDeviceStore(test.database)) {
                try await apps.create($0, now: Date(timeIntervalSince1970: 0)).app.id
            })
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

    @Test(arguments: DeliveryReceiptConformance.all, TestDatabase.Kind.available)
    func deliveryReceiptStoreConforms(_ guarantee: DeliveryReceiptConformance, _ kind: TestDatabase.Kind) async throws {
        let test = try await TestDatabase(kind), database = test.database
        try await guarantee.check(SQLMessageStore(database)) {
            // Other tests use the same PostgreSQL, and readers wait for whatever transactions of theirs are older.
            let isSeen = """
                SELECT 1 WHERE (SELECT COALESCE(MAX(transaction_id), 0) FROM delivery_receipt) < \(database.sql.dialect.oldestTransactionID)
                """
            while try await database.sql.look({ try $0.row(isSeen) }) == nil { await Task.yield() }
        }
    }
}
