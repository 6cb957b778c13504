import Foundation
import Testing
import WebPush

@testable import PushUserAgent

struct IdentityFileTests {
    private let folder = TemporaryFolder()

    @Test func whatIsSavedIsLoaded() throws {
        let file = try IdentityFile(path: folder.path("a/b/identity.json"))
        #expect(try file.load() == nil)
        var identity = UserAgentIdentity()
        identity.rename("u1")
        identity.bind(to: "KEY", freshChannelID: "fresh")
        identity.registered(at: try WebPushEndpoint("http://127.0.0.1/wpush/v2/t"))
        identity.deviceID = "d1"
        identity.remember("v1")
        try file.save(identity)
        try file.save(identity)
        let loaded = try #require(try file.load())
        #expect(loaded.uaid == "u1")
        #expect(loaded.channelID == identity.channelID)
        #expect(loaded.applicationServerKey == "KEY")
        #expect(loaded.deviceID == "d1")
        #expect(loaded.recentVersions == ["v1"])
        #expect(loaded.subscription == identity.subscription)
        #expect(loaded.key.privateKeyBytes == identity.key.privateKeyBytes)
    }

    @Test func onlyTheOwnerReadsTheFileAndNothingIsLeftBeside() throws {
        let file = try IdentityFile(path: folder.path("identity.json"))
        try file.save(UserAgentIdentity())
        let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        #expect(Set(try FileManager.default.contentsOfDirectory(atPath: folder.root)) == ["identity.json", "identity.json.lock"])
    }

    @Test func aDraftThatACrashLeftIsNoObstacle() throws {
        let file = try IdentityFile(path: folder.path("identity.json"))
        try Data("half".utf8).write(to: URL(filePath: file.path + ".new"))
        try file.save(UserAgentIdentity())
        #expect(try file.load() != nil)
    }

    @Test func twoListenersCannotShareOneIdentity() throws {
        let path = folder.path("identity.json")
        var first: IdentityFile? = try IdentityFile(path: path)
        #expect { try IdentityFile(path: path) } throws: { ($0 as? UserAgentError)?.code == .identityInUse }
        #expect(first?.path == path)
        first = nil
        _ = try IdentityFile(path: path)
    }

    @Test(arguments: ["", "{}", #"{"channel_id":"c","private_key":"AAAA","auth":"AAAA","recent_versions":[]}"#])
    func aDamagedFileIsAnErrorAndStaysAsItIs(content: String) throws {
        let file = try IdentityFile(path: folder.path("identity.json"))
        try Data(content.utf8).write(to: URL(filePath: file.path))
        #expect { try file.load() } throws: { ($0 as? UserAgentError)?.code == .identityFile }
        #expect(try Data(contentsOf: URL(filePath: file.path)) == Data(content.utf8))
    }
}

/// A folder that goes when the test goes.
final class TemporaryFolder: Sendable {
    let root = FileManager.default.temporaryDirectory.appending(path: "herald-\(UUID().uuidString)").path

    init() { try? FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: root) }

    func path(_ name: String) -> String { root + "/" + name }
}
