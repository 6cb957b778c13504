import ArgumentParser
import Foundation

/// Which server a command talks to, and with what key.
struct ServerOptions: ParsableArguments {
    @Option(help: "URL of the server; else $HERALD_SERVER, else \(ServerAccess.defaultURL).")
    var server: String?

    @Option(help: "API key; else $HERALD_KEY, which other users of this machine can't see, else the key in the data folder.")
    var key: String?

    @Option(help: "The server's data folder, when it runs on this machine; else $HERALD_DATA, else ./data. Its admin.key is used.")
    var data: String?

    func access(environment: [String: String] = ProcessInfo.processInfo.environment) throws -> ServerAccess {
        try ServerAccess(
            server: server ?? environment["HERALD_SERVER"], key: key ?? environment["HERALD_KEY"],
            dataFolder: data ?? environment["HERALD_DATA"])
    }
}
