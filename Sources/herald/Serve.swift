import ArgumentParser
import Configuration
import Foundation
import Logging
import PushServer
import SystemPackage

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the server: sender, push service, and the page at /.",
        discussion: """
            Settings come from flags, then from HERALD_… environment variables (HERALD_PUBLIC_URL, \
            HERALD_PUSH_SERVICE_BODY_BYTES), then from the file given with --config. docs/settings.md lists them all.
            """)

    @Option(help: "Address to listen on. (default: 127.0.0.1)")
    var host: String?
    @Option(help: "Port to listen on. (default: 8080)")
    var port: Int?
    @Option(help: "Folder for the database and the keys. (default: ./data)")
    var data: String?
    @Option(name: .customLong("public-url"), help: "Where browsers and senders reach this server. (default: http://localhost:PORT)")
    var publicURL: String?
    @Option(help: "What this node does, with commas between: api, dispatch, push-endpoint, push-connect. (default: all)")
    var role: String?
    @Option(help: "A YAML file with settings.")
    var config: String?
    @Option(help: "A configuration file of Centrifugo's, in JSON: its push API is served with it. Weaker than all the above.")
    var centrifugoConfig: String?
    @Flag(inversion: .prefixedNo, help: "Serve the page at / and its routes, which need no key. (default: only on loopback)")
    var demo: Bool?
    @Flag(help: """
        Let subscriptions point into your own network. Anyone who may register a device can then make this server call your internal hosts.
        """)
    var allowPrivateEndpoints = false

    func run() async throws {
        let settings: ServerSettings
        do {
            settings = try await ServerSettings(ConfigReader(providers: providers()))
        } catch let error as SettingsError {
            throw ValidationError(error.description)
        }
        var logger = Logger(label: "herald")
        logger.logLevel = settings.logLevel
        try await HeraldServer(settings, logger: logger, onReady: { FileHandle.standardOutput.write(Data(welcome($0).utf8)) }).run()
    }

    private func providers() async throws -> [any ConfigProvider] {
        var providers: [any ConfigProvider] = [
            InMemoryProvider(name: "flags", values: flags),
            EnvironmentVariablesProvider(environmentVariables: Self.environment(ProcessInfo.processInfo.environment)),
        ]
        if let config {
            providers.append(try await FileProvider<YAMLSnapshot>(filePath: FilePath(config)))
        }
        if let centrifugoConfig { providers.append(try Self.centrifugo(centrifugoConfig)) }
        return providers
    }

    private static func centrifugo(_ path: String) throws -> any ConfigProvider {
        guard let json = FileManager.default.contents(atPath: path) else {
            throw ValidationError("--centrifugo-config: \(path) can't be read")
        }
        let config = try CentrifugoConfig(json: Array(json))
        for key in config.ignored {
            FileHandle.standardError.write(Data("herald: \(path): \(key) means nothing here and is passed over\n".utf8))
        }
        return InMemoryProvider(name: "centrifugo", values: config.settings)
    }

    private var flags: [AbsoluteConfigKey: ConfigValue] {
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        if let host { values["host"] = .init(stringLiteral: host) }
        if let port { values["port"] = .init(integerLiteral: port) }
        if let data { values["data"] = .init(stringLiteral: data) }
        if let publicURL { values["publicURL"] = .init(stringLiteral: publicURL) }
        if let role { values["role"] = .init(stringLiteral: role) }
        if let demo { values["demo"] = .init(booleanLiteral: demo) }
        if allowPrivateEndpoints { values["allowPrivateEndpoints"] = true }
        return values
    }

    /// `HERALD_PORT` is the setting `port`.
    static func environment(_ variables: [String: String]) -> [String: String] {
        let prefix = "HERALD_"
        return Dictionary(
            uniqueKeysWithValues: variables.filter { $0.key.hasPrefix(prefix) }
                .map { (String($0.key.dropFirst(prefix.count)), $0.value) })
    }
}

private func welcome(_ address: ServerAddress) -> String {
    let program = CommandLine.arguments.first ?? "herald"
    // What the commands assume need not be said.
    let server = address.port == 8080 ? "" : " --server http://127.0.0.1:\(address.port)"
    let data = address.dataFolder == ServerSettings().dataFolder ? "" : " --data \(address.dataFolder)"
    let options = server + data
    let page = address.servesDemo
        ? "Open it in a browser, subscribe, and send yourself a notification." : "The page at / is off; --demo turns it on."
    return """

      Herald is ready at \(address.origin)
      \(page)

      The admin key is in \(address.adminKeyFile). From a second and a third terminal:
        \(program) listen\(options)
        \(program) send\(options) --all "hello"

    """
}
