import Configuration
import PushStorage
import Testing

@testable import PushServer

@Suite struct OutboxSettingsTests {
    private func outboxes(_ environment: [String: String]) async throws -> [OutboxSettings] {
        try await ServerSettings(ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: environment))).outboxes
    }

    private static let url = "postgresql://chat:secret@db/chat"

    private static func consumer(_ field: String) -> String {
        #"[{"name":"a","type":"postgresql","postgresql":{"dsn":"host=h","outbox_table_name":"o",\#(field)}}]"#
    }

    @Test func withoutAnAddressThereIsNone() async throws {
        #expect(try await outboxes([:]).isEmpty)
        #expect(try await outboxes(["OUTBOX_TABLE": "chat_outbox"]).isEmpty)
    }

    @Test func everySettingIsRead() async throws {
        let read = try #require(
            try await outboxes([
                "OUTBOX_URL": Self.url, "OUTBOX_TABLE": "chat.outbox", "OUTBOX_NAME": "mine", "OUTBOX_PARTITIONS": "8",
                "OUTBOX_PAGE_ROWS": "50", "OUTBOX_POLL_MILLISECONDS": "1000", "OUTBOX_CHANNEL": "changed", "OUTBOX_CONNECTIONS": "2",
            ]).first)
        #expect(read.url == Self.url && read.table == SQLName("chat.outbox") && read.name == "mine" && read.channel == SQLName("changed"))
        #expect([read.partitions, read.pageRows, read.pollMilliseconds, read.connections] == [8, 50, 1000, 2])
    }

    @Test func centrifugosConsumersAreReadToo() async throws {
        let config = try CentrifugoConfig(
            json: Array(
                #"""
                {"consumers":[
                  {"enabled":true,"name":"one","type":"postgresql","postgresql":{
                   "dsn":"host=db dbname=chat","outbox_table_name":"chat_outbox","num_partitions":4,"partition_select_limit":10,
                   "partition_poll_interval":"1.5s","partition_notification_channel":"changed","tls":{"enabled":false}}},
                  {"name":"two","type":"postgresql","postgresql":{"dsn":"postgres://db/chat","outbox_table_name":"other"}},
                  {"enabled":false,"name":"off","type":"postgresql"},{"enabled":false,"name":"k","type":"kafka"},
                  {"enabled":true,"name":"events","type":"kafka","kafka":{"brokers":["k:9092"]}}]}
                """#.utf8))
        #expect(config.ignored == ["consumers: events of type kafka"])
        #expect(config.settings["outbox.consumers"]?.isSecret == true)
        let read = try await ServerSettings(
            ConfigReader(provider: InMemoryProvider(name: "centrifugo", values: config.settings))).outboxes
        #expect(read.map(\.name) == ["one", "two"] && read.map(\.partitions) == [4, 1] && read.map(\.pageRows) == [10, 100])
        #expect(read.map(\.pollMilliseconds) == [1500, 300] && read.map(\.channel) == [SQLName("changed"), nil])
    }

    @Test(arguments: [
        ["OUTBOX_URL": "mysql://secret@x"], ["OUTBOX_URL": "postgres://u:secret@h/d?pool_max_conns=3"],
        ["OUTBOX_URL": "host=h password='secret"], ["OUTBOX_URL": url, "OUTBOX_TABLE": "a; DROP TABLE b"],
        ["OUTBOX_URL": url, "OUTBOX_NAME": "a b"], ["OUTBOX_URL": url, "OUTBOX_PARTITIONS": "0"],
        ["OUTBOX_URL": url, "OUTBOX_CHANNEL": "a.b"], ["OUTBOX_CONSUMERS": "{"],
        ["OUTBOX_CONSUMERS": #"[{"name":"a","type":"postgresql","postgresql":{"dsn":"postgres://secret@h"}}]"#],
        ["OUTBOX_CONSUMERS": consumer(#""partition_poll_interval":"soon""#)], ["OUTBOX_CONSUMERS": consumer(#""num_partitions":-1"#)],
        ["OUTBOX_CONSUMERS": consumer(#""tls":{"enabled":true}"#)],
        [
            "OUTBOX_URL": url, "OUTBOX_NAME": "a",
            "OUTBOX_CONSUMERS": #"[{"name":"a","type":"postgresql","postgresql":{"dsn":"host=h","outbox_table_name":"o"}}]"#,
        ],
    ])
    func whatCannotBeMeantIsNamedAndNoSecretTold(_ environment: [String: String]) async throws {
        let error = await #expect(throws: SettingsError.self) { _ = try await outboxes(environment) }
        #expect(error?.description.contains("secret") == false)
    }

    @Test(arguments: [
        ("300ms", 0.3), ("1.5s", 1.5), ("1h30m", 5400.0), ("720h", 2_592_000), ("0", 0), ("0s", 0), ("2us", 0.000002), (".5s", 0.5),
    ])
    func durationsAreGos(_ text: String, _ seconds: Double) throws {
        let read = try #require(GoDuration(text))
        #expect(abs(read.seconds - seconds) < 1e-9)
    }

    @Test(arguments: ["", "5", "s", "-1s", "1d", "1 s", "1s2", "soon", "1..2s", "９s"])
    func whatIsNoDurationIsNone(_ text: String) { #expect(GoDuration(text) == nil) }
}
