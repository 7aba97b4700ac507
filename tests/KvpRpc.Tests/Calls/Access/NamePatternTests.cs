using KvpRpc.Access;

namespace KvpRpc.Tests.Calls.Access;

public sealed class NamePatternTests
{
    [Theory]
    [InlineData("web-01", "web-01", true)]
    [InlineData("web-01", "WEB-01", true)]
    [InlineData("web-01", "web-011", false)]
    [InlineData("web-*", "web-01", true)]
    [InlineData("web-*", "web-", true)]
    [InlineData("web-*", "db-web-01", false)]
    [InlineData("*-01", "web-01-01", true)]
    [InlineData("*-01", "web-01-02", false)]
    [InlineData("w?b*1", "wub-31", true)]
    [InlineData("w?b", "wb", false)]
    [InlineData("*", "", true)]
    [InlineData("?", "", false)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("a*b*c", "a-b-b-c", true)]
    [InlineData("a*b*c", "a-c-b", false)]
    public void A_name_fits_its_pattern_or_not(string pattern, string name, bool fits) =>
        Assert.Equal(fits, NamePattern.Fits(pattern, name));
}
