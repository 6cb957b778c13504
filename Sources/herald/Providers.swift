import ArgumentParser
import Foundation

struct Providers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Set, list and remove the credentials with which the server sends.",
        subcommands: [Set.self, List.self, Remove.self])

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set an App's credentials for a provider. They are checked, sealed, and in force at once.",
            discussion: """
                herald providers set fcm --file service-account.json
                herald providers set apns --file apns.json

                docs/credentials.md says what the file holds for each provider. What Firebase and Huawei let you download can be given \
                as it is.
                """)

        @Argument(help: "apns, fcm, hms, wns or webpush.")
        var provider: String
        @Option(help: "A JSON file; - reads standard input.")
        var file: String
        @Option(help: "Whose credentials they are.")
        var app = "default"
        @Flag(inversion: .prefixedNo, help: "Ask the provider whether it takes them.")
        var verify = true
        @OptionGroup var server: ServerOptions

        func run() async throws {
            let body = try CredentialFile.body(of: try read(), provider: provider)
            let reply = try await APIClient(try server.access()).setCredentials(
                body, app: app, provider: provider, verifies: verify)
            for credential in reply.credentials { print(credential.line(provider)) }
        }

        private func read() throws -> Data {
            guard file != "-" else { return FileHandle.standardInput.readDataToEndOfFile() }
            guard let data = FileManager.default.contents(atPath: file) else {
                throw ValidationError("\(file) can't be read; name a JSON file with --file.")
            }
            return data
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the credentials in force, without their secrets.")

        @Option(help: "Whose credentials they are.")
        var app = "default"
        @OptionGroup var server: ServerOptions

        func run() async throws {
            let reply = try await APIClient(try server.access()).credentials(app: app)
            let lines = reply.providers.flatMap { provider in provider.credentials.map { $0.line(provider.provider) } }
            print(lines.isEmpty ? "none; set some with: herald providers set" : lines.joined(separator: "\n"))
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Remove an App's credentials for a provider.")

        @Argument(help: "apns, fcm, hms, wns or webpush.")
        var provider: String
        @Option(help: "Whose credentials they are.")
        var app = "default"
        @OptionGroup var server: ServerOptions

        func run() async throws {
            try await APIClient(try server.access()).removeCredentials(app: app, provider: provider)
        }
    }
}
