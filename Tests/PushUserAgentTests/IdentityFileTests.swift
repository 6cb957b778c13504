import Foundation
import JWS
import Testing
import WebPush

@testable import PushUserAgent

struct IdentityFileTests {
    private let folder = TemporaryFolder()

    @Test func whatIsSavedIsLoaded() throws {
        let file = try IdentityFile(path: folder.path("a/b/identity.json"))
        #expect(try file.load() == nil)
        let identity = try identity(["a", "b"])
        try file.save(identity)
        try file.save(identity)
        let loaded = try #require(try file.load())
        #expect(loaded.uaid == "u1")
        #expect(loaded.leftChannels == ["old"])
        #expect(loaded.keepAlives == identity.keepAlives)
        for app in ["a", "b"] {
            let (saved, registration) = try (#require(identity.registrations[app]), #require(loaded.registrations[app]))
            #expect(registration.channelID == saved.channelID)
            #expect(registration.applicationServerKey == "KEY")
            #expect(registration.deviceID == "device of \(app)")
            #expect(registration.recentVersions == ["v1"])
            #expect(registration.subscription == saved.subscription)
            #expect(registration.key.privateKeyBytes == saved.key.privateKeyBytes)
        }
    }

    private func identity(_ apps: [String]) throws -> UserAgentIdentity {
        var identity = UserAgentIdentity()
        identity.rename("u1")
        identity.leave("old")
        identity.learned(KeepAlive(KeepAliveRules()), of: "wifi")
        for app in apps {
            identity.add(app)
            let endpoint = try WebPushEndpoint("http://127.0.0.1/wpush/v2/\(app)")
            _ = identity.change(app) { registration in
                _ = registration.bind(to: "KEY", freshChannelID: "fresh")
                registration.registered(at: endpoint)
                registration.deviceID = "device of \(app)"
                registration.remember("v1")
            }
        }
        return identity
    }

    /// As it was when a user agent had one registration.
    @Test func anOlderFileIsTheSameDevice() throws {
        let file = try IdentityFile(path: folder.path("identity.json"))
        let key = UserAgentKey()
        let content = """
            {"uaid": "u1", "channel_id": "c1", "endpoint": "http://127.0.0.1/wpush/v2/t", "application_server_key": "KEY",
             "device_id": "d1", "private_key": "\(Base64URL.encode(key.privateKeyBytes))", "auth": "\(Base64URL.encode(key.keys.auth))",
             "recent_versions": ["v1"]}
            """
        try Data(content.utf8).write(to: URL(filePath: file.path))
        let identity = try #require(try file.load())
        #expect(identity.uaid == "u1")
        let registration = try #require(identity.registrations[UserAgentIdentity.onlyApp])
        #expect(registration.deviceID == "d1")
        #expect(registration.subscription?.keys == key.keys)
        #expect(registration.remembers("v1"))
        try file.save(identity)
        #expect(try file.load()?.registrations.keys.sorted() == [UserAgentIdentity.onlyApp])
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
