import Foundation
import PushStorage
import Testing
import WebPush

@testable import PushServer

@Suite struct DataFolderTests {
    private func withFolder(_ work: (DataFolder) throws -> Void) throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "herald-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: url) }
        try work(try DataFolder(path: url.path))
    }

    @Test func keysAreMadeOnceAndKept() throws {
        try withFolder { folder in
            let first = try ServerKeys(folder, ServerSettings())
            let second = try ServerKeys(folder, ServerSettings())
            #expect(first.vapid.publicKey == second.vapid.publicKey)
            #expect(first.endpoint == second.endpoint)
        }
    }

    @Test func secretsAreForTheirOwnerOnly() throws {
        try withFolder { folder in
            _ = try ServerKeys(folder, ServerSettings())
            for file in [folder.vapid, folder.endpointKeys] {
                let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
                #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600, "\(file.lastPathComponent)")
            }
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.url.path)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o700)
        }
    }

    @Test func oneServerAtATime() throws {
        try withFolder { folder in
            let lock = try folder.lock()
            let error = #expect(throws: StorageError.self) { try folder.lock() }
            #expect(error?.code == .inUse)
            withExtendedLifetime(lock) {}
        }
    }

    @Test func damagedKeysAreNamedAndNotReplaced() throws {
        try withFolder { folder in
            try Data("{}".utf8).write(to: folder.vapid)
            let error = #expect(throws: StorageError.self) { try ServerKeys(folder, ServerSettings()) }
            #expect(error?.code == .corrupt && error?.message.contains("vapid.json") == true)
            #expect(try Data(contentsOf: folder.vapid) == Data("{}".utf8))
        }
    }

    @Test func everyEndpointKeyMustBeWhole() throws {
        try withFolder { folder in
            _ = try ServerKeys(folder, ServerSettings())
            try Data("AAAA\n".utf8).write(to: folder.endpointKeys)
            let error = #expect(throws: StorageError.self) { try ServerKeys(folder, ServerSettings()) }
            #expect(error?.message.contains("endpoint.keys") == true)
        }
    }
}
