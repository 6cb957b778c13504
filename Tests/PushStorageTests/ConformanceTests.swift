import Foundation
import PushStorage
import PushTesting
import Testing

/// The conformance suites on a real SQLite file.
@Suite struct ConformanceTests {
    private let file = TemporaryDatabase()

    @Test(arguments: PushStoreConformance.all)
    func pushStoreConforms(_ guarantee: PushStoreConformance.Guarantee) async throws {
        let database = try SQLiteDatabase(file: file.url)
        try await guarantee.check(
            PushStoreConformance(devices: SQLDeviceStore(database), pushes: SQLPushStore(database)))
    }

    @Test(arguments: MessageStoreConformance.all)
    func messageStoreConforms(_ guarantee: MessageStoreConformance) async throws {
        try await guarantee.check(SQLMessageStore(try SQLiteDatabase(file: file.url)))
    }
}

/// A database file of its own for one test; gone with it.
final class TemporaryDatabase: Sendable {
    let url: URL
    private let folder: URL

    init() {
        folder = FileManager.default.temporaryDirectory.appending(path: "herald-\(UUID().uuidString)")
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        url = folder.appending(path: "test.sqlite")
    }

    deinit { try? FileManager.default.removeItem(at: folder) }
}
