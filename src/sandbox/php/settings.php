<?php
// LocalSettings.php of a sandbox wiki. It stands in the wiki's own folder; what differs from one start to the
// next (the address, the event feed) comes from the environment.

$here = __DIR__;

$wgSitename = 'Helpdesk sandbox';
$wgMetaNamespace = 'Project';
$wgServer = getenv( 'SANDBOX_SERVER' ) ?: 'http://127.0.0.1';
$wgCanonicalServer = $wgServer;
$wgScriptPath = '/w';
$wgArticlePath = '/wiki/$1';
$wgUsePathInfo = true;
$wgLanguageCode = 'en';
$wgLocaltimezone = 'UTC';
$wgSecretKey = hash( 'sha256', __FILE__ . fileinode( __FILE__ ) . filectime( __FILE__ ) );
$wgAuthenticationTokenVersion = '1';

// Nothing leaves this machine.
$wgEnableEmail = false;
$wgUseInstantCommons = false;
$wgEnableUploads = false;
$wgPingback = false;
$wgGitInfoCacheDirectory = false;
$wgUploadDirectory = "$here/images";

// Failures are shown, not hidden.
$wgShowExceptionDetails = true;
$wgDevelopmentWarnings = false;

// SQLite has one writer. A request that will write takes the lock when it begins, and so waits for its turn; a
// transaction that reads first and locks later fails at once where somebody else wrote in between.
$wgDBtype = 'sqlite';
$wgDBname = 'sandboxwiki';
$wgSQLiteDataDir = "$here/data";
$writes = PHP_SAPI === 'cli' || ( $_SERVER['REQUEST_METHOD'] ?? '' ) === 'POST';
$sqlite = [
	'type' => 'sqlite',
	'tablePrefix' => '',
	'dbDirectory' => $wgSQLiteDataDir,
	'variables' => [ 'synchronous' => 'OFF' ],
	'trxMode' => 'IMMEDIATE',
];
$wgDBservers = [ [ 'dbname' => $wgDBname, 'load' => 1, 'flags' => DBO_DEFAULT,
	'trxMode' => $writes ? 'IMMEDIATE' : 'DEFERRED' ] + $sqlite ];
$wgObjectCaches[CACHE_DB] = [
	'class' => SqlBagOStuff::class,
	'loggroup' => 'SQLBagOStuff',
	'server' => [ 'dbname' => 'wikicache', 'flags' => 0 ] + $sqlite,
];
$wgJobTypeConf['default'] = [
	'class' => 'JobQueueDB',
	'claimTTL' => 3600,
	'server' => [ 'dbname' => "{$wgDBname}_jobqueue", 'flags' => 0 ] + $sqlite,
];
$wgResourceLoaderUseObjectCacheForDeps = true;

// Caches that the maintenance scripts share with the server's workers: an account made by a script is seen at once.
$wgMainCacheType = CACHE_DB;
$wgSessionCacheType = CACHE_DB;
$wgParserCacheType = CACHE_DB;
$wgMessageCacheType = CACHE_DB;
$wgCacheDirectory = "$here/cache";
// The interface messages are the same for all wikis, and large.
$wgLocalisationCacheConf['store'] = 'array';
$wgLocalisationCacheConf['storeDirectory'] = dirname( $here ) . '/messages';

// Links, categories and notifications are up to date when a save returns: the router runs its jobs within its request, but
// where a test wants to see what a wiki shows whose queue is long.
$sandboxRunsJobs = true;
$wgRunJobsAsync = false;
$wgJobRunRate = 0;

// As on Meta-Wiki.
$wgParserEnableUserLanguage = true;
foreach ( [ NS_MAIN, NS_USER, NS_PROJECT, NS_TEMPLATE, NS_HELP, NS_CATEGORY ] as $ns ) {
	$wgNamespacesWithSubpages[$ns] = true;
}
$wgAutoCreateTempUser['enabled'] = true;
$wgRightsText = 'Creative Commons Attribution-ShareAlike 4.0';
$wgDefaultSkin = 'vector-2022';
wfLoadSkin( 'Vector' );
// What phones get on Meta-Wiki; here with ?useskin=minerva.
wfLoadSkin( 'MinervaNeue' );
foreach ( [ 'ParserFunctions', 'InputBox', 'Scribunto', 'Gadgets', 'AbuseFilter', 'TitleBlacklist', 'SpamBlacklist', 'Echo',
	'Linter', 'VisualEditor', 'DiscussionTools', 'Cite', 'TemplateData', 'Poem', 'SyntaxHighlight_GeSHi' ] as $name ) {
	// The package keeps its extensions here; extensions/ holds links to them.
	wfLoadExtension( $name, "$IP/extensions-core/$name/extension.json" );
}
// Without Pygments, which needs Python: code is shown as it is, and without this line its pages could not be saved.
$wgPygmentizePath = false;
// It would parse each page that is saved a second time, with Parsoid, for a list of lint errors that nobody reads here.
$wgLinterParseOnDerivedDataUpdate = false;
$wgScribuntoDefaultEngine = 'luasandbox';
$wgPFEnableStringFunctions = false;
$wgTitleBlacklistSources = [ [ 'type' => 'localpage', 'src' => 'MediaWiki:Titleblacklist' ] ];
$wgBlacklistSettings = [ 'spam' => [ 'files' => [] ], 'email' => [ 'files' => [] ] ];
$wgGroupPermissions['sysop']['abusefilter-modify'] = true;
$wgGroupPermissions['sysop']['abusefilter-view'] = true;
$wgGroupPermissions['sysop']['abusefilter-log'] = true;
$wgGroupPermissions['sysop']['deleterevision'] = true;
$wgGroupPermissions['sysop']['deletelogentry'] = true;
$wgGroupPermissions['bureaucrat']['renameuser'] = true;

// Tests and rehearsals are quick and use short passwords.
$wgRateLimits = [];
$wgAccountCreationThrottle = [];
$wgTempAccountCreationThrottle = [];
$wgTempAccountNameAcquisitionThrottle = [];
$wgPasswordAttemptThrottle = [];
$wgPasswordConfig['pbkdf2']['cost'] = '1';
$wgSessionPbkdf2Iterations = 1;
$wgPasswordPolicy['policies'] = [ 'default' => [ 'MinimalPasswordLength' => [ 'value' => 1 ] ] ];
$wgBreakFrames = false;

// Each change as a JSON datagram, the same text that Wikimedia's event streams carry.
$udp = getenv( 'SANDBOX_RC_UDP' );
if ( $udp ) {
	$wgRCFeeds['sandbox'] = [
		'uri' => "udp://$udp",
		'formatter' => 'JSONRCFeedFormatter',
		'add_interwiki_prefix' => false,
		'omit_bots' => false,
		'omit_minor' => false,
	];
}

// What one rehearsal needs to be different. Data rather than code: PHP keeps compiled code for a while.
if ( is_file( "$here/settings.json" ) ) {
	foreach ( json_decode( file_get_contents( "$here/settings.json" ), true, 64, JSON_THROW_ON_ERROR ) as $key => $value ) {
		$GLOBALS[$key] = $value;
	}
}

// A rehearsal of a year: all times are so many seconds later.
if ( isset( $GLOBALS['sandboxLater'] ) ) {
	Wikimedia\Timestamp\ConvertibleTimestamp::setFakeTime( time() + $GLOBALS['sandboxLater'] );
}
