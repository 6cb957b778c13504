import ArgumentParser

@main
struct Herald: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "herald",
        abstract: "A push notification platform of your own.",
        discussion: """
            herald serve                     starts the server; http://localhost:8080 shows what it can do
            herald listen                    makes this terminal a device
            herald send --all "hello"        sends to every device
            """,
        version: "0.1.0",
        subcommands: [
            Serve.self, Listen.self, Send.self, Simulate.self, Providers.self, VAPID.self, Keys.self, Migrate.self, Import.self,
            Export.self,
        ])
}
