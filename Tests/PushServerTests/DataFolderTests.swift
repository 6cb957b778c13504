import Foundation
import PushStorage
import Testing
import WebPush

@testable import PushServer

@Suite struct DataFolderTests {
    private func withFolder(_ work: (DataFolder) async throws -> Void) async throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "herald-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: url) }
        try await work(try DataFolder(path: url.path))
    }

    private func keys(_ folder: DataFolder) async throws -> ServerKeys {
        try await ServerKeys(folder, ServerSettings(), try OpenDatabase(sqlite: folder.database))
    }

    @Test func keysAreMadeOnceAndKept() async throws {
        try await withFolder { folder in
            let first = try await keys(folder)
            let second = try await keys(folder)
            #expect(first.vapid.publicKey == second.vapid.publicKey)
            #expect(first.endpoint == second.endpoint)
        }
    }

    @Test func secretsAreForTheirOwnerOnly() async throws {
        try await withFolder { folder in
            _ = try await keys(folder)
            for file in [folder.vapid, folder.endpointKeys] {
                let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
                #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600, "\(file.lastPathComponent)")
            }
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.url.path)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o700)
        }
    }

    @Test func oneServerAtATime() async throws {
        try await withFolder { folder in
            let lock = try folder.lock()
            let error = #expect(throws: StorageError.self) { try folder.lock() }
            #expect(error?.code == .inUse)
            withExtendedLifetime(lock) {}
        }
    }

    @Test func damagedKeysAreNamedAndNotReplaced() async throws {
        try await withFolder { folder in
            try Data("{}".utf8).write(to: folder.vapid)
            let error = await #expect(throws: StorageError.self) { try await keys(folder) }
            #expect(error?.code == .corrupt && error?.message.contains("vapid.json") == true)
            #expect(try Data(contentsOf: folder.vapid) == Data("{}".utf8))
        }
    }

    @Test func everyEndpointKeyMustBeWhole() async throws {
        try await withFolder { folder in
            _ = try await keys(folder)
            try Data("AAAA\n".utf8).write(to: folder.endpointKeys)
            let error = await #expect(throws: StorageError.self) { try await keys(folder) }
            #expect(error?.message.contains("endpoint.keys") == true)
        }
    }
}
