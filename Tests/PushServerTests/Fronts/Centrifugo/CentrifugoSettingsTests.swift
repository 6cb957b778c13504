import Configuration
import PushSender
import Testing

@testable import PushServer

@Suite struct CentrifugoSettingsTests {
    private func settings(_ environment: [String: String]) async throws -> CentrifugoSettings {
        let config = ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: environment))
        return try await ServerSettings(config).centrifugo
    }

    @Test func withoutAKeyThereIsNoFront() async throws {
        #expect(try await settings([:]).isOn == false)
        #expect(try await settings(["CENTRIFUGO_API_KEY": ""]).isOn == false)
        #expect(try await settings(["CENTRIFUGO_UPSTREAM": "http://a/api"]).isOn == false)
        #expect(try await settings(["CENTRIFUGO_API_KEY": "k"]).isOn)
        #expect(try await settings(["CENTRIFUGO_INSECURE": "true"]).isOn)
    }

    @Test func everySettingIsRead() async throws {
        let read = try await settings([
            "CENTRIFUGO_API_KEY": "k", "CENTRIFUGO_ERROR_MODE": "transport", "CENTRIFUGO_HANDLER_PREFIX": "/c",
            "CENTRIFUGO_ALLOW_EVERYONE": "true", "CENTRIFUGO_ENABLED_PROVIDERS": "fcm, apns", "CENTRIFUGO_UPSTREAM": "http://a:8000/api/",
            "CENTRIFUGO_UPSTREAM_KEY": "u",
        ])
        #expect(read.apiKey == "k" && read.usesTransportErrors && read.handlerPrefix == "/c" && read.allowsEveryone)
        #expect(read.enabledProviders == [.fcm, .apns] && read.upstream == "http://a:8000/api" && read.upstreamKey == "u")
    }

    @Test(arguments: [
        ["CENTRIFUGO_ERROR_MODE": "x"], ["CENTRIFUGO_HANDLER_PREFIX": "api"], ["CENTRIFUGO_HANDLER_PREFIX": "/"],
        ["CENTRIFUGO_HANDLER_PREFIX": "/v1"], ["CENTRIFUGO_ENABLED_PROVIDERS": "wns"], ["CENTRIFUGO_ENABLED_PROVIDERS": ","],
        ["CENTRIFUGO_UPSTREAM": "a:8000"], ["CENTRIFUGO_UPSTREAM": "ftp://a"], ["CENTRIFUGO_GRPC_PORT": "0"],
        ["CENTRIFUGO_GRPC_PORT": "10000", "CENTRIFUGO_GRPC_ERROR_MODE": "x"],
    ])
    func whatCannotBeMeantIsNamed(_ environment: [String: String]) async throws {
        await #expect(throws: SettingsError.self) { _ = try await settings(environment) }
    }

    @Test func withoutAPortThereIsNoGRPC() async throws {
        #expect(try await settings(["CENTRIFUGO_API_KEY": "k", "CENTRIFUGO_GRPC_KEY": "k"]).grpc.address == nil)
        let read = try await settings(["CENTRIFUGO_GRPC_PORT": "10000", "CENTRIFUGO_GRPC_ERROR_MODE": "transport"]).grpc
        #expect(read.address == ListenAddress(host: "127.0.0.1", port: 10_000) && read.usesTransportErrors && read.key == nil)
    }

    @Test func withoutAKeyGRPCIsOnLoopbackOnly() async throws {
        let open = ["CENTRIFUGO_GRPC_PORT": "10000", "HOST": "0.0.0.0"]
        await #expect(throws: SettingsError.self) { _ = try await settings(open) }
        await #expect(throws: SettingsError.self) { _ = try await settings(open.merging(["CENTRIFUGO_GRPC_KEY": ""]) { $1 }) }
        #expect(try await settings(open.merging(["CENTRIFUGO_GRPC_KEY": "k"]) { $1 }).grpc.host == "0.0.0.0")
        #expect(try await settings(open.merging(["CENTRIFUGO_GRPC_HOST": "::1"]) { $1 }).grpc.host == "::1")
    }

    @Test(arguments: [
        (#"{"grpc_api":{"enabled":true}}"#, 10_000, nil), (#"{"grpc_api":{"enabled":true,"port":7,"key":"k"}}"#, 7, "k"),
        (#"{"grpc_api":true,"grpc_api_port":8,"grpc_api_key":"k"}"#, 8, "k"), (#"{"grpc_api":{"enabled":false,"port":7}}"#, nil, nil),
        (#"{"grpc_api":{"port":7,"key":"k"}}"#, nil, nil),
    ])
    func aFileSwitchesGRPCOn(_ file: String, _ port: Int?, _ key: String?) throws {
        let config = try CentrifugoConfig(json: Array(file.utf8))
        #expect(config.settings["centrifugo.grpc.port"]?.content == port.map { .int($0) })
        #expect(config.settings["centrifugo.grpc.key"]?.content == key.map { .string($0) })
        #expect(config.settings["centrifugo.grpc.key"]?.isSecret != false && config.ignored == [])
    }

    @Test func aFileOfVersionFiveIsReadToo() throws {
        let config = try CentrifugoConfig(
            json: Array(
                #"{"api_key":"k","port":8001,"push_notifications":{"hms_app_id":"1","hms_app_secret":"s","queue_engine":"database"}}"#.utf8))
        #expect(config.settings["centrifugo.apiKey"]?.content == .string("k"))
        #expect(config.settings["port"]?.content == .int(8001))
        #expect(config.settings["credentials.hms"]?.isSecret == true)
        #expect(config.ignored == ["push_notifications.queue_engine"])
    }

    @Test(arguments: [
        (#"{"allowed_endpoint_origins":["https://a"]}"#, "https://a"),
        (#"{"allowed_endpoint_origins":["https://a"],"extra_allowed_endpoint_origins":["https://b"]}"#, "https://a,https://b"),
        (
            #"{"extra_allowed_endpoint_origins":["https://b"]}"#,
            "https://*.googleapis.com,https://*.push.apple.com,https://*.notify.windows.com,https://*.push.services.mozilla.com,https://b"
        ), (#"{"allowed_endpoint_origins":[]}"#, nil),
    ])
    func pushServicesThatMayBeUsedAreKept(_ webpush: String, _ origins: String?) throws {
        let config = try CentrifugoConfig(json: Array(#"{"push_notifications":{"webpush":\#(webpush)}}"#.utf8))
        #expect(config.settings["allowedEndpointOrigins"]?.content == origins.map { .string($0) })
    }

    @Test(arguments: [
        (#""max_inactive_device_interval":"720h""#, 720), (#""max_inactive_device_interval":"90m""#, 2),
        (#""max_inactive_device_interval":"0s""#, 0), (#""max_inactive_device_days":30"#, 720),
    ])
    func devicesStayAsLongAsTheFileSays(_ setting: String, _ hours: Int) throws {
        let config = try CentrifugoConfig(json: Array(#"{"push_notifications":{\#(setting)}}"#.utf8))
        #expect(config.settings["sender.deviceLifetimeHours"]?.content == .int(hours) && config.ignored.isEmpty)
    }

    @Test func anIntervalThatIsNoneIsNamed() {
        let json = #"{"push_notifications":{"max_inactive_device_interval":"a month"}}"#
        #expect(throws: SettingsError.self) { _ = try CentrifugoConfig(json: Array(json.utf8)) }
    }

    @Test(arguments: [
        ("device.id", FrequencyCap.Subject.device, "centrifugo:"), ("{{.device.user}}", .user, "centrifugo:"),
        ("promo-{{.device.user}}-x", .user, "centrifugo:promo--x"), ("{{.device.user}}{{.device.id}}", .device, "centrifugo:"),
    ])
    func aLimitsKeySaysWhoseItIs(_ key: String, _ subject: FrequencyCap.Subject, _ counted: String) throws {
        let limit = CentrifugoLimits.RateLimit(key: key, policies: [.init(rate: 3, intervalMs: 1001)], dropIfRateLimited: nil)
        #expect(try limit.caps() == [FrequencyCap(key: counted, per: subject, count: 3, seconds: 2, over: .delay)])
    }
}
