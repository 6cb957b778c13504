import ArgumentParser
import Foundation
import PushServer

struct Keys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make, list, rotate and remove keys for the API.",
        subcommands: [Create.self, List.self, Rotate.self, Remove.self])

    /// The keys of the server that runs with this folder, or with the PostgreSQL of the environment.
    static func withRing<Value>(_ data: String, _ work: (KeyRing) async throws -> Value) async throws -> Value {
        let ring = try KeyRing(dataFolder: data, databaseURL: ProcessInfo.processInfo.environment["HERALD_DATABASE_URL"])
        defer { ring.close() }
        return try await work(ring)
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a key and print it. It is shown this once; the server keeps only a digest.")

        @Option(help: "What the key may do: \(KeyRing.scopeNames). An app or a page may carry one for register.")
        var scope = "send"
        @Option(help: "A name that tells you later whose key it is.")
        var name = "unnamed"
        @Option(help: "The App that it is for.")
        var app = "default"
        @Option(help: "The server's data folder.")
        var data = "./data"
        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let created = try await Keys.withRing(data) { try await $0.create(scope: scope, name: name, app: app) }
            print(json ? "{\"id\":\"\(created.id)\",\"scope\":\"\(scope)\",\"key\":\"\(created.secret)\"}" : created.secret)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the keys: id, scope, App, when made, when last used, until when the secret before works, name.")

        @Option(help: "The server's data folder.")
        var data = "./data"

        func run() async throws {
            for key in try await Keys.withRing(data, { try await $0.list() }) {
                let moments = [key.createdAt, key.lastUsedAt, key.previousUntil].map { $0?.formatted(.iso8601) ?? "-" }
                print(([key.id, key.scope, key.app] + moments + [key.name]).joined(separator: "\t"))
            }
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a key a new secret and print it. The old one goes on working for a while.")

        @Argument(help: "The key's id, as `herald keys list` shows it.")
        var id: String
        @Option(help: "For so many seconds the old secret works, too; 0 ends it within a second.")
        var overlapSeconds = KeyRing.defaultOverlapSeconds
        @Option(help: "The server's data folder.")
        var data = "./data"

        func run() async throws {
            guard let secret = try await Keys.withRing(data, { try await $0.rotate(id: id, overlapSeconds: overlapSeconds) }) else {
                throw Keys.noSuchKey(id)
            }
            print(secret)
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Remove a key. It stops working within a second.")

        @Argument(help: "The key's id, as `herald keys list` shows it.")
        var id: String
        @Option(help: "The server's data folder.")
        var data = "./data"

        func run() async throws {
            guard try await Keys.withRing(data, { try await $0.remove(id: id) }) else { throw Keys.noSuchKey(id) }
        }
    }

    private static func noSuchKey(_ id: String) -> ValidationError {
        ValidationError("There is no key \(id); `herald keys list` shows them.")
    }
}
