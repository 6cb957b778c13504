import Configuration
import Testing

@testable import PushServer

@Suite struct LimitSettingsTests {
    private func read(_ values: [AbsoluteConfigKey: ConfigValue]) async throws -> LimitSettings {
        var settings = LimitSettings()
        try await settings.read(ConfigReader(provider: InMemoryProvider(values: values)).scoped(to: "limits"))
        return settings
    }

    @Test func settingsAreReadByTheirNames() async throws {
        let settings = try await read([
            ["limits", "registerRequestsPerSecond"]: 0, ["limits", "failedKeysPerMinute"]: 7,
            ["limits", "trustedProxies"]: "10.0.0.0/8,::1", ["limits", "requestSeconds"]: 5,
        ])
        #expect(settings.requestSeconds == 5)
        #expect(settings.registerRequestsPerSecond == 0 && settings.failedKeysPerMinute == 7 && settings.trustedProxies.count == 2)
        #expect(settings.keyRequestsPerSecond == 0 && settings.addressRequestsPerSecond == 0, "off unless somebody asks for it")
    }

    @Test func whatIsOutOfRangeIsNamed() async throws {
        let error = await #expect(throws: SettingsError.self) { try await read([["limits", "registerBurstRequests"]: 0]) }
        #expect(error?.key.contains("registerBurstRequests") == true)
        await #expect(throws: SettingsError.self) { try await read([["limits", "trustedProxies"]: "everywhere"]) }
    }
}
