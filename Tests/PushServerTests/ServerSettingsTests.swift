import Configuration
import Logging
import PushSender
import PushService
import PushStorage
import Testing

@testable import PushServer

@Suite struct ServerSettingsTests {
    private func settings(
        flags: [AbsoluteConfigKey: ConfigValue] = [:], environment: [String: String] = [:]
    ) async throws -> ServerSettings {
        try await ServerSettings(
            ConfigReader(providers: [
                InMemoryProvider(values: flags), EnvironmentVariablesProvider(environmentVariables: environment),
            ]))
    }

    @Test func withoutAnythingSetItServesThisMachineOnly() async throws {
        let settings = try await settings()
        #expect(settings.host == "127.0.0.1" && settings.port == 8080 && settings.servesDemo)
        #expect(settings.allowsPrivateEndpoints == false)
    }

    @Test func flagsWinOverTheEnvironment() async throws {
        let settings = try await settings(flags: ["port": 9000], environment: ["PORT": "7000", "HOST": "0.0.0.0"])
        #expect(settings.port == 9000 && settings.host == "0.0.0.0")
    }

    @Test func thePageIsOffWhereStrangersCouldReachIt() async throws {
        #expect(try await settings(environment: ["HOST": "0.0.0.0"]).servesDemo == false)
        #expect(try await settings(environment: ["HOST": "0.0.0.0", "DEMO": "true"]).servesDemo)
        #expect(try await settings(environment: ["DEMO": "false"]).servesDemo == false)
    }

    @Test func everyDocumentedEnvironmentVariableIsRead() async throws {
        let settings = try await settings(environment: [
            "PUBLIC_URL": "https://push.example.com/", "VAPID_SUBJECT": "mailto:a@example.com", "LOG_LEVEL": "debug",
            "ALLOW_PRIVATE_ENDPOINTS": "true", "DATA": "/var/lib/herald", "PUSH_SERVICE_BODY_BYTES": "8192",
            "PUSH_SERVICE_MAX_TTL_SECONDS": "100", "PUSH_SERVICE_BACKLOG_MESSAGES": "20",
            "PUSH_SERVICE_HELLO_DEADLINE_SECONDS": "1", "PUSH_SERVICE_IN_FLIGHT_MESSAGES": "3",
            "PUSH_SERVICE_MINIMUM_PING_INTERVAL_SECONDS": "9", "PUSH_SERVICE_USER_AGENT_LIFETIME_DAYS": "7",
            "PUSH_SERVICE_SERVER_PING_INTERVAL_SECONDS": "11",
            "SENDER_APNS_DIRECT_SLICES": "5", "SENDER_FCM_BROADCAST_SLICES": "6", "SENDER_PAGE_DEVICES": "7",
            "SENDER_FCM_DEVICES_PER_SECOND": "0", "SENDER_WNS_DEAD_PERCENT": "55", "TRUST_ROOTS": "/ca.pem",
            "SENDER_LEASE_SECONDS": "8", "VAPID_PRIVATE_KEY": "k",
            "ROLE": "api, dispatch", "LISTEN_API": "[::1]:9001", "DATABASE_URL": "postgresql://u:p@h/d",
            "DATABASE_CONNECTIONS": "3", "DATABASE_WAIT_SECONDS": "4", "DATABASE_WAITING_REQUESTS": "6",
            "DATABASE_STATEMENT_SECONDS": "7", "DATABASE_START_SECONDS": "9", "MASTER_KEYS": "a,b",
            "STOP_READINESS_SECONDS": "1", "STOP_PAGES_SECONDS": "2", "STOP_SOCKETS_SECONDS": "3",
            "PUSH_SERVICE_RETRY_AFTER_SECONDS": "4", "PUSH_SERVICE_LOOK_UP_DEADLINE_SECONDS": "5",
            "PUSH_SERVICE_RESYNC_SECONDS": "6", "SENDER_RETENTION_DAYS": "12", "SENDER_DEVICE_LIFETIME_HOURS": "13",
        ])
        #expect(settings.publicURL == "https://push.example.com")
        #expect(settings.vapidSubject == "mailto:a@example.com" && settings.vapidPrivateKey == "k")
        #expect(settings.logLevel == .debug && settings.allowsPrivateEndpoints)
        #expect(settings.dataFolder == "/var/lib/herald")
        #expect(settings.roles == [.api, .dispatch] && settings.listen == [.api: ListenAddress(host: "::1", port: 9001)])
        #expect(settings.database?.url == "postgresql://u:p@h/d" && settings.database?.connections == 3)
        #expect(settings.database?.waitSeconds == 4 && settings.database?.waitingRequests == 6)
        #expect(settings.database?.statementSeconds == 7 && settings.database?.startSeconds == 9)
        #expect(settings.masterKeys == "a,b" && settings.dispatch.retentionDays == 12 && settings.dispatch.deviceLifetimeHours == 13)
        #expect(settings.leaving.readinessSeconds == 1 && settings.leaving.pagesSeconds == 2 && settings.leaving.socketsSeconds == 3)
        #expect(settings.pushService.retryAfterSeconds == 4 && settings.pushService.lookUpDeadlineSeconds == 5)
        #expect(settings.pushService.resyncSeconds == 6)
        #expect(settings.pushService.bodyBytes == 8192 && settings.pushService.maxTTLSeconds == 100)
        #expect(settings.pushService.backlogMessages == 20 && settings.pushService.helloDeadlineSeconds == 1)
        #expect(settings.pushService.inFlightMessages == 3 && settings.pushService.minimumPingIntervalSeconds == 9)
        #expect(settings.pushService.userAgentLifetimeDays == 7)
        #expect(settings.pushService.serverPingIntervalSeconds == 11)
        #expect(settings.dispatch.lane(.apns).directSlices == 5 && settings.dispatch.lane(.webPush).directSlices == 128)
        #expect(settings.dispatch.lane(.fcm).broadcastSlices == 6)
        #expect(settings.dispatch.lane(.fcm).devicesPerSecond == nil, "0 is as fast as it goes")
        #expect(settings.dispatch.lane(.wns).deadShare == 0.55)
        #expect(settings.trustRoots == "/ca.pem")
        #expect(settings.dispatch.pageDevices == 7 && settings.dispatch.leaseSeconds == 8)
    }

    @Test(arguments: [
        ("PORT", "0", "port"), ("PORT", "70000", "port"), ("PUSH_SERVICE_BODY_BYTES", "4095", "bodyBytes"),
        ("PUBLIC_URL", "push.example.com", "publicURL"), ("PUBLIC_URL", "https://push.example.com/path", "publicURL"),
        ("LOG_LEVEL", "loud", "logLevel"), ("RELAY_TITLE", "", "relay.title"),
        ("RELAY_DEVICE_MESSAGES_PER_MINUTE", "-1", "deviceMessagesPerMinute"),
    ])
    func aValueThatCannotBeUsedIsNamed(_ variable: String, _ value: String, _ key: String) async throws {
        let error = await #expect(throws: SettingsError.self) { try await settings(environment: [variable: value]) }
        #expect(error?.key.contains(key) == true)
    }

    @Test func aNumberThatIsNoneStopsTheStart() async throws {
        await #expect(throws: (any Error).self) { try await settings(environment: ["PORT": "eighty"]) }
    }

    @Test func nothingIsRelayedOrTakenPlainUnlessAskedFor() async throws {
        let plain = try await settings()
        #expect(!plain.relay.isEnabled && !plain.isMatrixGateway && !plain.pushService.takesPlainBodies)
        let asked = try await settings(environment: [
            "RELAY_ENABLED": "true", "RELAY_TITLE": "T", "RELAY_DEVICE_MESSAGES_PER_MINUTE": "1", "RELAY_SENDER_MESSAGES_PER_MINUTE": "0",
            "MATRIX_GATEWAY": "true", "PUSH_SERVICE_PLAIN_BODIES": "true",
        ])
        #expect(asked.relay.isEnabled && asked.relay.title == "T" && asked.isMatrixGateway && asked.pushService.takesPlainBodies)
        #expect(asked.relay.deviceMessagesPerMinute == 1 && asked.relay.senderMessagesPerMinute == 0)
    }

    // MARK: Roles

    @Test func aRoleMayHaveAnAddressOfItsOwn() async throws {
        let settings = try await settings(environment: [
            "LISTEN_PUSH_CONNECT": "0.0.0.0:9100", "LISTEN_PUSH_ENDPOINT": "0.0.0.0:9100", "PORT": "9000",
        ])
        #expect(
            settings.listeners == [
                Listener(address: ListenAddress(host: "127.0.0.1", port: 9000), roles: [.api, .dispatch]),
                Listener(address: ListenAddress(host: "0.0.0.0", port: 9100), roles: [.pushEndpoint, .pushConnect]),
            ])
    }

    @Test func aNodeAlwaysAnswersForItsHealth() async throws {
        let settings = try await settings(environment: ["ROLE": "dispatch", "DATABASE_URL": "postgres://h/d"])
        #expect(settings.listeners.map(\.roles) == [[.dispatch]])
    }

    @Test(arguments: [
        (["ROLE": "api"], "dispatch"), (["ROLE": "push-connect"], "push-endpoint"), (["ROLE": "sender"], "push-endpoint"),
        (["ROLE": ","], "api"), (["LISTEN_API": "localhost"], "host:port"), (["LISTEN_API": ":80"], "host:port"),
        (["LISTEN_API": "h:70000"], "host:port"), (["DATABASE_URL": "mysql://h/d"], "postgres://"),
        (["DATABASE_URL": "postgres://h/d", "DATABASE_CONNECTIONS": "0"], "outside"),
    ])
    func whatCannotBeIsNamedWithTheRemedy(_ environment: [String: String], _ remedy: String) async throws {
        let error = await #expect(throws: SettingsError.self) { try await settings(environment: environment) }
        #expect(error?.description.contains(remedy) == true, "\(error?.description ?? "")")
    }

    @Test func eitherHalfServesAloneOnSQLite() async throws {
        #expect(try await settings(environment: ["ROLE": "api,dispatch"]).roles == [.api, .dispatch])
        #expect(try await settings(environment: ["ROLE": "push-endpoint,push-connect"]).roles == [.pushEndpoint, .pushConnect])
    }
}
