<?php
// What MediaWiki's preprocessor makes of texts, as `action=expandtemplates&prop=parsetree` says it. Standard input is a
// list of texts; standard output ends with the list of their trees, in the same order.

use MediaWiki\Maintenance\Maintenance;
use MediaWiki\Parser\Parser;
use MediaWiki\Parser\ParserOptions;
use MediaWiki\Title\Title;

class SandboxTrees extends Maintenance {
	public function execute() {
		$texts = json_decode( stream_get_contents( STDIN ), true, 3, JSON_THROW_ON_ERROR );
		$parser = $this->getServiceContainer()->getParserFactory()->create();
		$parser->startExternalParse(
			Title::newFromText( 'API' ), ParserOptions::newFromAnon(), Parser::OT_PREPROCESS
		);
		$trees = array_map( static fn ( $text ) => (string)$parser->preprocessToDom( $text ), $texts );
		$this->output( "\ntrees: " . json_encode( $trees, JSON_THROW_ON_ERROR ) . "\n" );
	}
}

return SandboxTrees::class;
