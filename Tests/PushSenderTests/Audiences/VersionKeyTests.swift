import PushSender
import Testing

@Suite struct VersionKeyTests {
    @Test func keysStandInTheOrderOfVersions() {
        let versions = [
            "", "unknown", "0.9", "1-alpha", "1.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0-beta.2", "1.0-beta.11", "1-rc.1", "1",
            "1.0.1-dev", "1.0.1", "1.1b3", "1.1", "1.9", "1.10", "1.99999999999999999999", "1.100000000000000000000", "2.0", "10",
            "2026.11.21",
        ]
        let keys = versions.map { Array(VersionKey.of($0).utf8) }
        for (one, other) in zip(keys, keys.dropFirst()) { #expect(one.lexicographicallyPrecedes(other)) }
    }

    @Test(arguments: [
        ("2.0", "2"), ("2.0.0", "2"), ("v2.1", "2.1"), ("2.1+77", "2.1"), ("2.1 (77)", "2.1"), ("02.01", "2.1"), ("0.0", "0"),
    ]) func whatMeansTheSameHasTheSameKey(_ one: String, _ other: String) { #expect(VersionKey.of(one) == VersionKey.of(other)) }

    @Test func onlyNoVersionHasNoKey() {
        #expect(VersionKey.of("") == "")
        for version in ["0", "v", ".", "-", " ", "+", "é"] { #expect(!VersionKey.of(version).isEmpty, "\(version)") }
    }
}
