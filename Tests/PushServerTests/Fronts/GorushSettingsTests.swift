import Configuration
import Testing

@testable import PushServer

@Suite struct GorushSettingsTests {
    private func settings(_ environment: [String: String]) async throws -> GorushSettings {
        try await ServerSettings(ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: environment))).gorush
    }

    @Test func withoutAKeyThereIsNoFront() async throws {
        #expect(try await settings([:]).isOn == false)
        #expect(try await settings(["GORUSH_SYNC": "true", "GORUSH_KEY": ""]).isOn == false)
        #expect(try await settings(["GORUSH_KEY": "sixteen bytes....", "HOST": "0.0.0.0"]).isOn)
    }

    @Test func everyDocumentedEnvironmentVariableIsRead() async throws {
        let settings = try await settings([
            "GORUSH_KEY": "sixteen bytes....", "GORUSH_OPEN": "true", "GORUSH_SYNC": "true", "GORUSH_SYNC_SECONDS": "7",
            "GORUSH_MAX_NOTIFICATION": "5", "GORUSH_PRODUCTION": "false", "GORUSH_FEEDBACK_URL": "http://example.com/f", "GORUSH_PATH": "gorush/",
        ])
        #expect(settings.key == "sixteen bytes...." && settings.isOpen && settings.isSync && settings.syncSeconds == 7)
        #expect(settings.maximumNotifications == 5 && !settings.isProduction && settings.feedbackURL == "http://example.com/f")
        #expect(settings.path == "/gorush")
    }

    @Test(arguments: [
        ["GORUSH_KEY": "short"], ["GORUSH_OPEN": "true", "HOST": "0.0.0.0"], ["GORUSH_OPEN": "true", "LISTEN_API": "10.0.0.1:80"],
        ["GORUSH_FEEDBACK_URL": "example.com"], ["GORUSH_PATH": "/v1/gorush"], ["GORUSH_PATH": "/a b"], ["GORUSH_MAX_NOTIFICATION": "0"],
    ])
    func aValueThatCantBeMeantIsNamed(_ environment: [String: String]) async {
        let error = await #expect(throws: SettingsError.self) { _ = try await settings(environment) }
        #expect(error?.key.hasPrefix("gorush.") == true || error?.key == "maxNotification")
    }

    @Test func anOpenFrontIsForLoopback() async throws {
        #expect(try await settings(["GORUSH_OPEN": "true"]).isOn)
        #expect(try await settings(["GORUSH_OPEN": "true", "HOST": "0.0.0.0", "LISTEN_API": "[::1]:9000"]).isOn)
    }
}
