# The formula of a tap, with placeholders: packaging/fill puts in the address and the checksums of a release.
class Wecheck < Formula
  desc "Says which mistake made a WeChat JS-SDK signature invalid"
  homepage "https://example.invalid/wecheck"
  version "0.1.0"
  license any_of: ["MIT", "Apache-2.0"]

  on_macos do
    on_arm do
      url "https://example.invalid/wecheck/wecheck-#{version}-aarch64-apple-darwin.tar.gz"
      sha256 "PLACEHOLDER-SHA256"
    end
    on_intel do
      url "https://example.invalid/wecheck/wecheck-#{version}-x86_64-apple-darwin.tar.gz"
      sha256 "PLACEHOLDER-SHA256"
    end
  end
  on_linux do
    on_arm do
      url "https://example.invalid/wecheck/wecheck-#{version}-aarch64-unknown-linux-gnu.tar.gz"
      sha256 "PLACEHOLDER-SHA256"
    end
    on_intel do
      url "https://example.invalid/wecheck/wecheck-#{version}-x86_64-unknown-linux-gnu.tar.gz"
      sha256 "PLACEHOLDER-SHA256"
    end
  end

  def install
    bin.install "wecheck"
    man1.install Dir["man/*.1"]
    bash_completion.install "completions/wecheck.bash" => "wecheck"
    zsh_completion.install "completions/_wecheck"
    fish_completion.install "completions/wecheck.fish"
  end

  test do
    assert_match "40164", shell_output("#{bin}/wecheck errcode explain 40164")
  end
end
