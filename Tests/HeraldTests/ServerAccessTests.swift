import ArgumentParser
import Foundation
import Testing

@testable import herald

struct ServerAccessTests {
    private let folder = KeyFolder()

    @Test func flagsWinOverTheEnvironmentAndThatOverTheDefault() throws {
        let environment = ["HERALD_SERVER": "http://env.example", "HERALD_KEY": "env"]
        #expect(try access([], environment) == .init(server: "http://env.example", key: "env", dataFolder: nil))
        let flags = ["--server", "https://flag.example/herald/", "--key", "flag"]
        #expect(try access(flags, environment).url == "https://flag.example/herald")
        #expect(try access(flags, environment).key == "flag")
        #expect(try access([], [:]).url == "http://127.0.0.1:8080")
    }

    @Test func theKeyInTheDataFolderIsUsedWhenNoneIsGiven() throws {
        #expect(try access(["--data", folder.path], [:]).key == "secret")
        #expect(try access([], ["HERALD_DATA": folder.path]).key == "secret")
        #expect(try access(["--data", folder.path, "--key", "mine"], [:]).key == "mine")
    }

    @Test func aNamedDataFolderWithoutKeyIsAnError() {
        #expect { try access(["--data", folder.path + "/nowhere"], [:]) } throws: {
            ($0 as? ClientError)?.message.contains("nowhere/admin.key") == true
        }
    }

    @Test func noOtherMachineGetsTheKeyThatHappensToLieHere() throws {
        let remote = try ServerAccess(server: "https://push.example.org", key: nil, dataFolder: nil)
        #expect(remote.key == nil)
        let lookalike = try ServerAccess(server: "http://127.0.0.1.example.org", key: nil, dataFolder: nil)
        #expect(lookalike.key == nil)
    }

    @Test(arguments: ["", "localhost:8080", "ws://localhost", "http://", "http://x.example/?a=b", "nonsense"])
    func whatIsNoURLOfAServerIsSaid(url: String) {
        #expect { try ServerAccess(server: url, key: nil, dataFolder: nil) } throws: {
            ($0 as? ClientError)?.code == .badArguments
        }
    }

    @Test(arguments: [
        ("http://127.0.0.1:8080", "127.0.0.1-8080"), ("https://Push.Example.org/herald", "push.example.org-443"),
        ("http://[::1]:9", "---1--9"),
    ])
    func everyServerHasAFileNameOfItsOwn(url: String, fileName: String) throws {
        #expect(try ServerAccess(server: url, key: "k", dataFolder: nil).fileName == fileName)
    }

    @Test func theIdentityLiesInTheStateFolder() throws {
        let access = try ServerAccess(server: nil, key: "k", dataFolder: nil)
        func path(_ environment: [String: String]) -> String? { IdentityLocation(environment: environment).path(for: access) }
        #expect(path(["XDG_STATE_HOME": "/s", "HOME": "/h"]) == "/s/herald/listen-127.0.0.1-8080.json")
        #expect(path(["HOME": "/h"]) == "/h/.local/state/herald/listen-127.0.0.1-8080.json")
        #expect(path(["XDG_STATE_HOME": "relative", "HOME": "/h"]) == "/h/.local/state/herald/listen-127.0.0.1-8080.json")
        #expect(path([:]) == nil)
    }

    private func access(_ arguments: [String], _ environment: [String: String]) throws -> ServerAccess {
        try ServerOptions.parse(arguments).access(environment: environment)
    }
}

/// A server's data folder with an admin key.
private final class KeyFolder: Sendable {
    let path = FileManager.default.temporaryDirectory.appending(path: "herald-\(UUID().uuidString)").path

    init() {
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try? Data("secret\n".utf8).write(to: URL(filePath: path + "/admin.key"))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
