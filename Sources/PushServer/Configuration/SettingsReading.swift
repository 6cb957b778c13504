import Configuration
import PushSender
import PushService
import PushStorage

extension PushServiceLimits {
    mutating func read(_ config: ConfigReader) async throws {
        bodyBytes = try await config.checkedInt("bodyBytes", default: bodyBytes, Self.promisedBodyBytes...1_048_576)
        takesPlainBodies = try await config.fetchBool(forKey: "plainBodies", default: takesPlainBodies)
        maxTTLSeconds = try await config.checkedInt("maxTtlSeconds", default: maxTTLSeconds, 0...31_536_000)
        backlogMessages = try await config.checkedInt("backlogMessages", default: backlogMessages, 1...10_000_000)
        inFlightMessages = try await config.checkedInt("inFlightMessages", default: inFlightMessages, 1...10_000)
        helloDeadlineSeconds = Double(
            try await config.checkedInt("helloDeadlineSeconds", default: Int(helloDeadlineSeconds), 1...300))
        minimumPingIntervalSeconds = Double(
            try await config.checkedInt("minimumPingIntervalSeconds", default: Int(minimumPingIntervalSeconds), 0...3600))
        serverPingIntervalSeconds = Double(
            try await config.checkedInt("serverPingIntervalSeconds", default: Int(serverPingIntervalSeconds), 1...86_400))
        retryAfterSeconds = try await config.checkedInt("retryAfterSeconds", default: retryAfterSeconds, 1...3600)
        lookUpDeadlineSeconds = Double(
            try await config.checkedInt("lookUpDeadlineSeconds", default: Int(lookUpDeadlineSeconds), 1...3600))
        resyncSeconds = Double(try await config.checkedInt("resyncSeconds", default: Int(resyncSeconds), 1...3600))
        userAgentLifetimeDays = try await config.checkedInt(
            "userAgentLifetimeDays", default: userAgentLifetimeDays, 1...3650)
        hellosPerSecond = try await config.checkedInt("hellosPerSecond", default: hellosPerSecond, 0...1_000_000)
        connectionsPerAddress = try await config.checkedInt("connectionsPerAddress", default: connectionsPerAddress, 0...1_000_000)
        slowReaderSeconds = try await config.checkedInt("slowReaderSeconds", default: slowReaderSeconds, 1...3600)
        receiptLifetimeDays = try await config.checkedInt("receiptLifetimeDays", default: receiptLifetimeDays, 1...3650)
        endedEndpoints = try await config.checkedInt("endedEndpoints", default: endedEndpoints, 2...100_000_000)
    }
}

extension DispatchSettings {
    mutating func read(_ config: ConfigReader) async throws {
        pageDevices = try await config.checkedInt("pageDevices", default: pageDevices, 1...10_000)
        retryPageDevices = try await config.checkedInt("retryPageDevices", default: retryPageDevices, 1...10_000)
        leaseSeconds = Double(try await config.checkedInt("leaseSeconds", default: Int(leaseSeconds), 5...3600))
        stragglerMilliseconds = try await config.checkedInt(
            "stragglerMilliseconds", default: stragglerMilliseconds, 10...60_000)
        retry.baseSeconds = Double(try await config.checkedInt("retryBaseSeconds", default: Int(retry.baseSeconds), 1...3600))
        retry.unauthorizedSeconds = Double(
            try await config.checkedInt("unauthorizedSeconds", default: Int(retry.unauthorizedSeconds), 1...3600))
        retentionDays = try await config.checkedInt("retentionDays", default: retentionDays, 1...3650)
        deviceLifetimeHours = try await config.checkedInt("deviceLifetimeHours", default: deviceLifetimeHours, 0...87_600)
        isDryRun = try await config.fetchBool(forKey: "dryRun", default: isDryRun)
        for provider in [ProviderName.webPush, .apns, .fcm, .hms, .wns] {
            var lane = lane(provider)
            try await lane.read(config.scoped(to: ConfigKey([provider.rawValue])))
            lanes[provider] = lane
        }
    }
}

extension LaneSettings {
    mutating func read(_ config: ConfigReader) async throws {
        directSlices = try await config.checkedInt("directSlices", default: directSlices, 1...10_000)
        broadcastSlices = try await config.checkedInt("broadcastSlices", default: broadcastSlices, 1...1000)
        retryPages = try await config.checkedInt("retryPages", default: retryPages, 1...1000)
        let rate = try await config.checkedInt("devicesPerSecond", default: Int(devicesPerSecond ?? 0), 0...10_000_000)
        devicesPerSecond = rate == 0 ? nil : Double(rate)
        deadShare = Double(try await config.checkedInt("deadPercent", default: Int(deadShare * 100), 0...100)) / 100
        deadMinimum = try await config.checkedInt("deadMinimum", default: deadMinimum, 0...10_000_000)
    }
}

extension ConfigReader {
    func checkedInt(_ key: ConfigKey, default value: Int, _ range: ClosedRange<Int>) async throws -> Int {
        let value = try await fetchInt(forKey: key, default: value)
        guard range.contains(value) else {
            throw SettingsError(
                key: "\(key)", message: "\(value) is outside of \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }
}

extension PostgresSettings {
    /// - Returns: nil when no URL is set: then the database is the SQLite file in the data folder.
    static func read(_ config: ConfigReader) async throws -> PostgresSettings? {
        guard let url = try await config.fetchString(forKey: "url", isSecret: true) else { return nil }
        guard isPostgres(url) else {
            throw SettingsError(
                key: "database.url",
                message: "must begin with postgres:// or postgresql://; without it the database is the SQLite file in the data folder")
        }
        var settings = PostgresSettings(url: url)
        settings.connections = try await config.checkedInt("connections", default: settings.connections, 1...1000)
        settings.waitSeconds = Double(try await config.checkedInt("waitSeconds", default: Int(settings.waitSeconds), 1...300))
        settings.waitingRequests = try await config.checkedInt("waitingRequests", default: settings.waitingRequests, 1...1_000_000)
        settings.statementSeconds = Double(
            try await config.checkedInt("statementSeconds", default: Int(settings.statementSeconds), 1...3600))
        settings.startSeconds = Double(try await config.checkedInt("startSeconds", default: Int(settings.startSeconds), 0...3600))
        return settings
    }
}

extension ServerSettings.Leaving {
    mutating func read(_ config: ConfigReader) async throws {
        readinessSeconds = try await config.checkedInt("readinessSeconds", default: readinessSeconds, 0...3600)
        pagesSeconds = try await config.checkedInt("pagesSeconds", default: pagesSeconds, 1...3600)
        socketsSeconds = try await config.checkedInt("socketsSeconds", default: socketsSeconds, 0...3600)
    }
}

extension [Role: ListenAddress] {
    static func read(_ config: ConfigReader) async throws -> [Role: ListenAddress] {
        var addresses: [Role: ListenAddress] = [:]
        for (key, role) in [("api", Role.api), ("pushEndpoint", .pushEndpoint), ("pushConnect", .pushConnect), ("internal", .internal)] {
            guard let text = try await config.fetchString(forKey: ConfigKey([key])) else { continue }
            guard let address = ListenAddress(text) else {
                throw SettingsError(key: "listen.\(key)", message: "\(text) is not an address; give host:port, like 0.0.0.0:8081")
            }
            addresses[role] = address
        }
        return addresses
    }
}

extension [ProviderName: String] {
    static func read(_ config: ConfigReader) async throws -> [ProviderName: String] {
        var credentials: [ProviderName: String] = [:]
        for provider in [ProviderName.webPush, .apns, .fcm, .hms, .wns] {
            credentials[provider] = try await config.fetchString(forKey: ConfigKey([provider.rawValue]), isSecret: true)
        }
        return credentials
    }
}
