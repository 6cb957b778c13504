import Foundation
import PushStorage
import Testing
import WebPush

@testable import PushServer

private let postgresURL = ProcessInfo.processInfo.environment["HERALD_TEST_POSTGRES"]

/// What nodes on one PostgreSQL agree on.
@Suite(.serialized, .enabled(if: postgresURL != nil, "scripts/with-postgres starts a PostgreSQL"))
struct SharedKeysTests {
    /// Folders of two nodes, and an empty database.
    private func withNodes(_ work: (DataFolder, DataFolder, OpenDatabase) async throws -> Void) async throws {
        let parent = FileManager.default.temporaryDirectory.appending(path: "herald-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: parent) }
        try await work(
            try DataFolder(path: parent.appending(path: "one").path), try DataFolder(path: parent.appending(path: "two").path),
            try OpenDatabase(postgres: try PostgresSettings(url: postgresURL ?? "").inNewSchema()))
    }

    private func keys(_ folder: DataFolder, _ database: OpenDatabase, master: String? = nil) async throws -> ServerKeys {
        var settings = ServerSettings()
        settings.masterKeys = master
        return try await ServerKeys(folder, settings, database)
    }

    private func masterKeys(of folder: DataFolder) throws -> String {
        String(decoding: try folder.read(folder.masterKeys) ?? Data(), as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    @Test func nodesWithTheSameMasterKeyUseTheSameKeys() async throws {
        try await withNodes { one, two, database in
            let first = try await keys(one, database)
            let second = try await keys(two, database, master: try masterKeys(of: one))
            #expect(first.vapid.publicKey == second.vapid.publicKey)
            #expect(first.endpoint == second.endpoint)
            #expect(try two.read(two.vapid) == nil && two.read(two.endpointKeys) == nil, "they are in the database")
        }
    }

    @Test func theFilesOfTheFirstNodeAreTakenOver() async throws {
        try await withNodes { one, _, database in
            let before = try await ServerKeys(one, ServerSettings(), try OpenDatabase(sqlite: one.database))
            let after = try await keys(one, database)
            #expect(before.vapid.publicKey == after.vapid.publicKey && before.endpoint == after.endpoint)
        }
    }

    @Test func aNodeWithoutTheMasterKeyIsToldWhereItIs() async throws {
        try await withNodes { one, two, database in
            _ = try await keys(one, database)
            let error = await #expect(throws: StorageError.self) { try await keys(two, database) }
            #expect(error?.code == .wrongMasterKey && error?.message.contains("master.keys") == true)
            #expect(try two.read(two.masterKeys) == nil, "no file is left that would be in the way of the right one")
        }
    }

    @Test func aNewMasterKeyInFrontOpensWhatTheOldOneSealed() async throws {
        try await withNodes { one, two, database in
            let first = try await keys(one, database)
            let old = try masterKeys(of: one)
            let new = KeyLines.text([randomBytes(32)]).trimmingCharacters(in: .newlines)
            let second = try await keys(two, database, master: new + "," + old)
            #expect(first.endpoint == second.endpoint)
            #expect(try await keys(two, database, master: new).endpoint == first.endpoint, "it was sealed anew")
        }
    }

    @Test func theAdminKeyIsMadeOnce() async throws {
        try await withNodes { one, two, database in
            let store = SQLKeyStore(database)
            for folder in [one, two, one] {
                try await AdminKey.prepare(folder, store, isShared: true, now: Date())
            }
            #expect(try one.read(one.adminKey) != nil && two.read(two.adminKey) == nil)
            #expect(try await store.keys().count == 1)
        }
    }
}
